/**
 * Runs every suite and every check, one step after the other, and closes with one line over all of them.
 * `npm test -- lint unit` runs those steps alone.
 */
import { steps } from './steps.ts'

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no step ${unknown.join(', ')}; there are: ${steps.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(2)
}

let passed = 0
let failed = 0
const table: string[] = []

for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue
  console.log(`\n── ${step.name}: ${step.what}`)
  const started = performance.now()
  let result
  try {
    result = await step.run()
  } catch (error) {
    // A step that cannot run has failed: nothing it would have shown is known.
    console.error(error instanceof Error ? error.message : error)
    result = { passed: 0, failed: 1 }
  }
  if (result.passed + result.failed === 0) {
    console.error('The step ran nothing.')
    result.failed = 1
  }
  passed += result.passed
  failed += result.failed
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6)
  const line = `${result.failed === 0 ? 'ok    ' : 'FAILED'} ${step.name.padEnd(12)} ${seconds} s  ${result.passed} passed, ${result.failed} failed`
  table.push(line)
  console.log(line)
}

console.log(`\n${table.join('\n')}\n\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
