import type { Stack } from './stack.ts'

/**
 * What a person sees when everything runs.
 * @param login address that logs a browser in to the console, once.
 */
export function greeting(stack: Stack, env: NodeJS.ProcessEnv, login?: string): string {
  const { urls, postgres, nats } = stack
  const rows = [
    ...Object.entries(urls).map(([name, url]) => [name, local(url)] as const),
    [
      'postgres',
      postgres ? `127.0.0.1:${postgres.port}  (Postgres ${postgres.version})` : 'DATABASE_URL',
    ] as const,
    ['nats', nats ? `127.0.0.1:${nats.port}  (nats-server ${nats.version})` : 'NATS_URL'] as const,
    ['data', stack.dataDir] as const,
    ['provider', describeProvider(stack.provider)] as const,
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    'AIRS-CP is running.',
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    ...(login ? ['Open the console (this link logs in once, within an hour):', `  ${login}`] : []),
    'Try it:',
    `  ${curlLine(stack, env)}`,
    'Export everything:',
    '  npx airs export events --format jsonl --output events.jsonl',
    '',
    'Ctrl-C stops everything.',
  ].join('\n')
}

function describeProvider(provider: string): string {
  if (provider !== 'mock') return provider
  return 'mock, which echoes  (AIRS_OPENAI_API_KEY or AIRS_OPENAI_BASE_URL makes it openai)'
}

function curlLine({ urls, provider }: Stack, env: NodeJS.ProcessEnv): string {
  const isPassThrough = provider === 'openai' && !env.AIRS_OPENAI_API_KEY
  const parts = [
    `curl ${local(urls.ingress ?? '')}/v1/chat/completions`,
    "-H 'Content-Type: application/json'",
    ...(isPassThrough ? ['-H "Authorization: Bearer $OPENAI_API_KEY"'] : []),
    `-d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'`,
  ]
  return parts.join(' ')
}

function local(url: string): string {
  return url.replace('//127.0.0.1:', '//localhost:')
}
