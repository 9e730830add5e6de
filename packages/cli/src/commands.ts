import type { Command, CommandGroup } from './command.ts'

/** Loaded when asked for: `dev` starts without what Postgres and SMTP need. */
export const commands: Readonly<Record<string, () => Promise<Command | CommandGroup>>> = {
  dev: async () => (await import('./commands/dev.ts')).dev,
  serve: async () => (await import('./commands/serve.ts')).serve,
  migrate: async () => (await import('./commands/migrate.ts')).migrate,
  keys: async () => (await import('./commands/keys.ts')).keys,
  explain: async () => (await import('./commands/explain.ts')).explain,
  policy: async () => (await import('./commands/policy.ts')).policy,
  data: async () => (await import('./commands/data.ts')).data,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  import: async () => (await import('./commands/import.ts')).importing,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluate,
}
