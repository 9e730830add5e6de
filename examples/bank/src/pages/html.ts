const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text inside markup. */
export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** A page: its title, what its `body` carries for scripts, its content. */
export const page = (options: {
  readonly title: string
  readonly data: Readonly<Record<string, string>>
  readonly styles: readonly string[]
  /** Classic ones, which run before the modules. */
  readonly scripts?: readonly string[]
  readonly modules: readonly string[]
  readonly content: string
}): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(options.title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${options.styles.map((href) => `<link rel="stylesheet" href="${escape(href)}">`).join('\n')}
${(options.scripts ?? []).map((src) => `<script defer src="${escape(src)}"></script>`).join('\n')}
${options.modules.map((src) => `<script type="module" src="${escape(src)}"></script>`).join('\n')}
</head>
<body${Object.entries(options.data)
  .map(([name, value]) => ` data-${name}="${escape(value)}"`)
  .join('')}>
${options.content}
</body>
</html>
`
