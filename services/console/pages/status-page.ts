import type { Overall } from '../overall-readiness.ts'

/** A page without script: which services are ready, why not, and whether the policies are bypassed or all is stopped. */
export function statusPage({ ready, services }: Overall): string {
  const rows = Object.entries(services).map(([name, service]) => {
    const reasons = Object.entries(service.checks)
      .filter(([, check]) => !check.ready)
      .map(([check, { reason }]) => `${check}: ${reason ?? 'not ready'}`)
    const notes = Object.values(service.notes ?? {})
    const state = service.ready ? '<td class="ok">ready</td>' : '<td class="bad">not ready</td>'
    return `<tr><th scope="row">${escapeHtml(name)}</th>${state}<td><code>${escapeHtml(service.url)}</code></td><td>${escapeHtml([...reasons, ...notes].join('; '))}</td></tr>`
  })
  const banners = Object.values(services).flatMap(({ notes }) => (notes?.mode ? [notes.mode] : []))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>AIRS-CP: ${ready ? 'ready' : 'not ready'}</title>
<style>${style}</style>
</head>
<body>
<h1>AIRS-CP <span class="${ready ? 'ok' : 'bad'}">${ready ? 'ready' : 'not ready'}</span></h1>
${banners.map((text) => `<p class="bad" role="alert">${escapeHtml(text)}</p>`).join('\n')}
<table>
<thead><tr><th>service</th><th>state</th><th>address</th><th>what to know</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p>The console is not built yet: <code>npm start</code> builds it in the background, and this page becomes it.
Control APIs are under <code>/v1/…</code> here and need a token. Apps send their traffic to the ingress:
<code>OPENAI_BASE_URL=${escapeHtml(services.ingress?.url ?? '')}/v1</code></p>
</body>
</html>
`
}

export const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .8rem; border-bottom: 1px solid #8884 }
.ok { color: #1a7f37 } .bad { color: #cf222e; font-weight: 600 }
code { font-family: ui-monospace, monospace }
`

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
