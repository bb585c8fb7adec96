/** What a developer has set for a stack of their own is not meant for a stack of a test. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(env).filter(
    (name) => !name.startsWith('AIRS_') && name !== 'DATABASE_URL' && name !== 'NATS_URL',
  )
  return Object.fromEntries(names.map((name) => [name, env[name]]))
}
