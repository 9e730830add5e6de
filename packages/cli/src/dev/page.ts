/** What `newel dev` shows at `/` where no application is mounted. */
export const welcome = (url: string): Response =>
  new Response(
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Newel runs</title>
<style>
  :root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif }
  body { max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem }
  code { font: 0.9em/1.5 ui-monospace, monospace; padding: 0.1em 0.3em; border-radius: 0.25em; background: light-dark(#eef1f2, #23292d) }
  a { color: light-dark(#0a6159, #6bd0c2) }
</style>
<h1>Newel runs</h1>
<p>It answers at <a href="${url}/livez"><code>${url}</code></a>, and is <a href="/readyz">ready</a>.
<p>To see it at work, mount an application: <code>newel dev --app ./app.ts</code>. The module exports
<code>tenant</code>, which declares the application's actions, and <code>createApp(context)</code>, which returns
<code>{ fetch }</code>. Mails are captured; nothing leaves this machine.
</html>
`,
    {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      },
    },
  )
