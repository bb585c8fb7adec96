export type ClientChange = { client: string; from: string; to: string }

/**
 * What to change so that clients speak to their providers again, by client.
 * @param endpoint of the ingress, as apps have it, without `/v1`.
 */
export function clientChanges(endpoint: string): ClientChange[] {
  return [
    {
      client: 'OpenAI SDKs, and whatever reads their environment',
      from: `OPENAI_BASE_URL=${endpoint}/v1`,
      to: 'OPENAI_BASE_URL=https://api.openai.com/v1',
    },
    {
      client: 'OpenAI Python and Node in code',
      from: `OpenAI(base_url="${endpoint}/v1")`,
      to: 'OpenAI()',
    },
    {
      client: 'Anthropic SDKs and Claude Code',
      from: `ANTHROPIC_BASE_URL=${endpoint}`,
      to: 'unset ANTHROPIC_BASE_URL',
    },
    {
      client: "Google's SDKs and Gemini CLI",
      from: `GOOGLE_GEMINI_BASE_URL=${endpoint}`,
      to: 'unset GOOGLE_GEMINI_BASE_URL',
    },
    {
      client: 'Codex CLI',
      from: `model_provider = "airs", with base_url = "${endpoint}/v1"`,
      to: 'without that line, in ~/.codex/config.toml',
    },
    {
      client: 'AIRS-CP SDK (Python)',
      from: 'from airs_cp import AIRSClient; AIRSClient(provider="openai", …)',
      to: 'from openai import OpenAI; OpenAI(…)',
    },
    {
      client: 'LangChain (Python)',
      from: `ChatOpenAI(base_url="${endpoint}/v1"), ChatAnthropic(base_url="${endpoint}")`,
      to: 'ChatOpenAI(), ChatAnthropic()',
    },
    {
      client: 'LangChain (JavaScript)',
      from: `new ChatOpenAI({ configuration: { baseURL: "${endpoint}/v1" } })`,
      to: 'new ChatOpenAI()',
    },
    {
      client: 'LlamaIndex (Python)',
      from: `OpenAI(api_base="${endpoint}/v1")`,
      to: 'OpenAI()',
    },
    {
      client: 'Vercel AI SDK',
      from: `createOpenAI({ baseURL: "${endpoint}/v1" })`,
      to: 'createOpenAI()',
    },
    {
      client: 'OpenAI SDKs, with Azure behind AIRS-CP',
      from: `OPENAI_BASE_URL=${endpoint}/v1`,
      to: 'OPENAI_BASE_URL=https://RESOURCE.openai.azure.com/openai/v1',
    },
    {
      client: 'anything else',
      from: `a base URL that begins with ${endpoint}`,
      to: "the provider's own; and its own API key, where the app has a key of AIRS-CP (airs-…)",
    },
  ]
}
