export const providerKinds = ['openai', 'openai-compatible', 'azure', 'anthropic', 'ollama', 'mock'] as const
export type ProviderKind = (typeof providerKinds)[number]
