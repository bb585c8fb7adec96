/** What has to be set so that a client talks with its provider through AIRS-CP. */
export type Setting = {
  /** `environment`: variables of its process; `file`: lines of a file; `dialog`: what a person enters. */
  where: 'environment' | 'file' | 'dialog'
  /** Name of the file or the dialog. */
  place?: string
  lines: string[]
}

/** A request that costs nothing at the client's provider, as the client would send it. */
export type Probe = { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string }

export type ClientRecipe = {
  name: string
  what: string
  /** @param key a client key of AIRS-CP that goes beside the client's own login. */
  settings(ingress: string, key: string | undefined): Setting[]
  /** What is worth knowing. */
  notes: string[]
  probe(env: NodeJS.ProcessEnv): Probe
}

const environment = (...lines: string[]): Setting => ({ where: 'environment', lines })

function openaiProbe(env: NodeJS.ProcessEnv): Probe {
  return {
    method: 'GET',
    path: '/v1/models',
    headers: { authorization: `Bearer ${env.OPENAI_API_KEY || 'not-set'}` },
  }
}

function anthropicProbe(env: NodeJS.ProcessEnv): Probe {
  const token = env.ANTHROPIC_AUTH_TOKEN
  return {
    method: 'POST',
    path: '/v1/messages/count_tokens',
    headers: {
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : { 'x-api-key': env.ANTHROPIC_API_KEY || 'not-set' }),
    },
    body: JSON.stringify({
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: 'airs connect --check' }],
    }),
  }
}

function geminiProbe(env: NodeJS.ProcessEnv): Probe {
  return {
    method: 'GET',
    path: '/v1beta/models',
    headers: { 'x-goog-api-key': env.GEMINI_API_KEY || env.GOOGLE_API_KEY || 'not-set' },
  }
}

const viaHeaders = 'The client’s own key or login goes to the provider as it is.'

const openaiLibrary = { baseUrl: (ingress: string) => `OPENAI_BASE_URL=${ingress}/v1`, probe: openaiProbe }
const anthropicLibrary = {
  baseUrl: (ingress: string) => `ANTHROPIC_BASE_URL=${ingress}`,
  probe: anthropicProbe,
}

/** @param withKey the line of code that sends a client key beside the app's own. */
function library(
  name: string,
  what: string,
  { baseUrl, probe }: typeof openaiLibrary,
  withKey: (key: string) => string,
): ClientRecipe {
  return {
    name,
    what,
    settings: (ingress, key) => [
      environment(baseUrl(ingress)),
      ...(key === undefined ? [] : [code(withKey(key))]),
    ],
    notes: [viaHeaders],
    probe,
  }
}

/** Clients, each with exactly what it needs. */
export const clientRecipes: readonly ClientRecipe[] = [
  {
    name: 'claude-code',
    what: 'Claude Code (@anthropic-ai/claude-code)',
    settings: (ingress, key) => [
      environment(
        `ANTHROPIC_BASE_URL=${ingress}`,
        ...(key === undefined ? [] : [`ANTHROPIC_CUSTOM_HEADERS=X-AIRS-Key: ${key}`]),
      ),
    ],
    notes: [
      `${viaHeaders} With a credential of the server's own, set ANTHROPIC_AUTH_TOKEN to a client key (airs keys create NAME).`,
      'To use a provider of OpenAI’s format, add a route for the model in AIRS_PROVIDERS_FILE, or AIRS_PROVIDER.',
    ],
    probe: anthropicProbe,
  },
  {
    name: 'codex',
    what: 'Codex CLI (@openai/codex)',
    settings: (ingress, key) => [
      {
        where: 'file',
        place: '~/.codex/config.toml',
        lines: [
          'model_provider = "airs"',
          '',
          '[model_providers.airs]',
          'name = "AIRS-CP"',
          `base_url = "${ingress}/v1"`,
          'wire_api = "responses"',
          'env_key = "OPENAI_API_KEY"',
          'supports_websockets = false',
          ...(key === undefined ? [] : [`http_headers = { "X-AIRS-Key" = "${key}" }`]),
        ],
      },
    ],
    notes: [
      `${viaHeaders} With a login of ChatGPT (codex login), write requires_openai_auth = true instead of the line with env_key.`,
    ],
    probe: openaiProbe,
  },
  {
    name: 'gemini',
    what: 'Gemini CLI (@google/gemini-cli)',
    settings: (ingress, key) => [
      environment(
        `GOOGLE_GEMINI_BASE_URL=${ingress}`,
        ...(key === undefined ? [] : [`GEMINI_CLI_CUSTOM_HEADERS=X-AIRS-Key: ${key}`]),
      ),
    ],
    notes: [
      'Sign in with an API key (GEMINI_API_KEY); a login with Google goes to another service, past AIRS-CP. GEMINI_API_KEY_AUTH_MECHANISM=bearer sends a token instead.',
      'It names no session: add X-Session-ID: NAME to GEMINI_CLI_CUSTOM_HEADERS to name one.',
    ],
    probe: geminiProbe,
  },
  {
    name: 'cursor',
    what: 'Cursor',
    settings: (ingress) => [
      {
        where: 'dialog',
        place: 'Settings → Models → Override OpenAI Base URL',
        lines: [`${ingress}/v1`],
      },
    ],
    notes: [
      'Cursor’s servers call this address, so it must be reachable from the Internet and demand client keys (AIRS_KEYS=required); enter a client key as the OpenAI key.',
    ],
    probe: openaiProbe,
  },
  library(
    'openai-python',
    'OpenAI’s library for Python',
    openaiLibrary,
    (key) => `OpenAI(default_headers={"X-AIRS-Key": "${key}"})`,
  ),
  library(
    'openai-node',
    'OpenAI’s library for JavaScript',
    openaiLibrary,
    (key) => `new OpenAI({ defaultHeaders: { 'X-AIRS-Key': '${key}' } })`,
  ),
  library(
    'anthropic-python',
    'Anthropic’s library for Python',
    anthropicLibrary,
    (key) => `Anthropic(default_headers={"X-AIRS-Key": "${key}"})`,
  ),
  library(
    'anthropic-node',
    'Anthropic’s library for JavaScript',
    anthropicLibrary,
    (key) => `new Anthropic({ defaultHeaders: { 'X-AIRS-Key': '${key}' } })`,
  ),
  {
    name: 'google-genai',
    what: 'Google’s libraries for Gemini (google-genai, @google/genai)',
    settings: (ingress, key) => [
      environment(`GOOGLE_GEMINI_BASE_URL=${ingress}`),
      code(
        `genai.Client(http_options={"base_url": "${ingress}"${key === undefined ? '' : `, "headers": {"X-AIRS-Key": "${key}"}`}})`,
      ),
    ],
    notes: [viaHeaders],
    probe: geminiProbe,
  },
]

function code(line: string): Setting {
  return { where: 'file', place: 'in the code', lines: [line] }
}
