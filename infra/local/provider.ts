const providersByPrefix = {
  AIRS_OPENAI: 'openai',
  AIRS_AZURE: 'azure',
  AIRS_ANTHROPIC: 'anthropic',
  AIRS_GEMINI: 'gemini',
  AIRS_OLLAMA: 'ollama',
} as const

/** The default provider of a laptop: the one that was given a credential or an address, else the built-in mock. */
export function defaultProvider(env: NodeJS.ProcessEnv): string {
  if (env.AIRS_PROVIDER) return env.AIRS_PROVIDER
  for (const [prefix, provider] of Object.entries(providersByPrefix))
    if (env[`${prefix}_BASE_URL`] || env[`${prefix}_API_KEY`]) return provider
  return 'mock'
}
