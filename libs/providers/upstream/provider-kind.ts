export const providerKinds = [
  'openai',
  'openai-compatible',
  'azure',
  'anthropic',
  'gemini',
  'ollama',
  'mock',
] as const
export type ProviderKind = (typeof providerKinds)[number]
