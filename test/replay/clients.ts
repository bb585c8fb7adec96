import type { Format } from './said.ts'

/** A request as a client or an agent shapes it. */
export type ClientShape = {
  name: string
  format: Format
  body: Record<string, unknown>
}

const parameters = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Name of the city' }, days: { type: 'number' } },
  required: ['city'],
}
const definition = { name: 'get_weather', description: 'The weather of a city', parameters }
const tools = [{ type: 'function', function: definition }]
const call = (id: string, args = '{"city": "Zürich"}') => ({
  id,
  type: 'function',
  function: { name: 'get_weather', arguments: args },
})
/** One pixel. */
const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const cached = { cache_control: { type: 'ephemeral' } }

const chatClients: [name: string, body: Record<string, unknown>][] = [
  [
    'openai npm 7, structured output parsed from history',
    {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'How warm is it?' },
        {
          role: 'assistant',
          content: null,
          refusal: null,
          annotations: [],
          parsed: null,
          tool_calls: [call('call_1')],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '18' },
      ],
      tools: [{ type: 'function', function: { ...definition, strict: true } }],
      parallel_tool_calls: false,
      store: true,
      metadata: { run: '7' },
      prompt_cache_key: 'weather',
      safety_identifier: 'user-7',
    },
  ],
  [
    'openai PyPI, every optional field at its default',
    {
      messages: [{ role: 'user', content: 'How warm is it?' }],
      n: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      logprobs: false,
      logit_bias: {},
      temperature: 1,
      top_p: 1,
      user: 'someone@example.invalid',
      service_tier: 'auto',
    },
  ],
  [
    'vercel ai sdk',
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'How warm is it?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
          ],
        },
        { role: 'assistant', content: '', tool_calls: [call('call_2')] },
        { role: 'tool', tool_call_id: 'call_2', content: '{"celsius":18}' },
      ],
      tools,
      tool_choice: 'auto',
      max_tokens: 500,
    },
  ],
  [
    'langchain, names and parts',
    {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', name: 'ann', content: [{ type: 'text', text: 'How warm is it?' }] },
        { role: 'assistant', name: 'agent', content: '', function_call: null, tool_calls: [call('call_3')] },
        {
          role: 'tool',
          name: 'get_weather',
          tool_call_id: 'call_3',
          content: [{ type: 'text', text: '18' }],
        },
      ],
      tools,
      temperature: 0.2,
      n: 1,
      parallel_tool_calls: true,
    },
  ],
  [
    'llamaindex, a forced tool with reasoning',
    {
      messages: [{ role: 'user', content: 'How warm is it?' }],
      tools,
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
      reasoning_effort: 'high',
      temperature: 0.1,
    },
  ],
  [
    'cursor, hints of caching in the format of openai',
    {
      messages: [
        {
          role: 'system',
          content: [
            { type: 'text', text: 'You write code.', ...cached },
            { type: 'text', text: '' },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'How warm is it?', ...cached }] },
      ],
      tools: [{ type: 'function', function: definition, ...cached }],
      temperature: 0,
    },
  ],
  [
    'continue, stops and an empty assistant',
    {
      messages: [
        { role: 'system', content: 'You write code.' },
        { role: 'user', content: 'How warm is it?' },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'Go on' },
      ],
      stop: ['\nUser:', '</answer>'],
      temperature: 0.01,
      top_p: 0.9,
      max_tokens: 1_000,
    },
  ],
  [
    'cline, reasoning of earlier responses',
    {
      messages: [
        { role: 'system', content: 'You write code.' },
        { role: 'user', content: [{ type: 'text', text: 'How warm is it?' }] },
        {
          role: 'assistant',
          content: [{ type: 'text', text: '' }],
          reasoning_content: 'Look it up.',
          reasoning_details: [],
          tool_calls: [call('functions.get_weather:0')],
        },
        { role: 'tool', tool_call_id: 'functions.get_weather:0', content: '18' },
        { role: 'assistant', content: null, tool_calls: [call('functions.get_weather:0', '{"city": "Zür')] },
        { role: 'tool', tool_call_id: 'functions.get_weather:0', content: 'The arguments are not JSON' },
        { role: 'user', content: 'Try again' },
      ],
      tools,
      reasoning_effort: 'minimal',
    },
  ],
  [
    'an app of gemini over openai',
    {
      messages: [
        { role: 'user', content: 'How warm is it?' },
        {
          role: 'assistant',
          tool_calls: [{ ...call(''), extra_content: { google: { thought_signature: 'c2ln' } } }],
        },
        { role: 'tool', tool_call_id: '', content: '' },
      ],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: { properties: {} } } }],
      reasoning_effort: 'none',
    },
  ],
]

const messagesTools = [{ name: 'get_weather', description: 'The weather', input_schema: parameters }]
const use = (id: string) => ({ type: 'tool_use', id, name: 'get_weather', input: { city: 'Zürich' } })

const messagesClients: [name: string, body: Record<string, unknown>][] = [
  [
    'anthropic sdk, plain',
    {
      max_tokens: 500,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'How warm is it?' }],
      temperature: 0.5,
      stop_sequences: ['END'],
    },
  ],
  [
    'anthropic sdk, thinking with a budget and a failed tool',
    {
      max_tokens: 20_000,
      thinking: { type: 'enabled', budget_tokens: 4_096 },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'How warm is it?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Look it up.', signature: 'EqQB' },
            { type: 'redacted_thinking', data: 'EmwK' },
            use('toolu_01'),
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01', is_error: true }] },
      ],
      tools: messagesTools,
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    },
  ],
  [
    'claude code, with a screenshot and a reminder in the middle',
    {
      max_tokens: 32_000,
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: {
        user_id: JSON.stringify({ device_id: '0'.repeat(64), account_uuid: '', session_id: 'a-session' }),
      },
      system: [
        { type: 'text', text: 'You are an agent.' },
        { type: 'text', text: 'You write code.', ...cached },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system-reminder>Be careful.</system-reminder>' },
            { type: 'text', text: 'Look at it', ...cached },
          ],
        },
        { role: 'system', content: 'There are no agents.' },
        { role: 'assistant', content: [use('toolu_01'), use('toolu_02')] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_01',
              content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } }],
            },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_02',
              content: [{ type: 'text', text: '18' }],
              ...cached,
            },
            { type: 'text', text: 'Go on' },
          ],
        },
      ],
      tools: [
        { ...messagesTools[0], eager_input_streaming: true },
        { ...messagesTools[0], name: 'get_forecast', ...cached },
      ],
    },
  ],
  [
    'langchain anthropic, a forced tool',
    {
      max_tokens: 1_024,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'How warm is it?' }] }],
      tools: messagesTools,
      tool_choice: { type: 'tool', name: 'get_weather' },
      service_tier: 'standard_only',
    },
  ],
]

const geminiCall = { functionCall: { name: 'get_weather', args: { city: 'Zürich' } } }
const geminiResult = { functionResponse: { name: 'get_weather', response: { output: '18' } } }
const unsigned = 'skip_thought_signature_validator'

const geminiClients: [name: string, body: Record<string, unknown>][] = [
  ['google-genai, plain', { contents: 'How warm is it?', config: { systemInstruction: 'Be brief.' } }],
  [
    'gemini cli, parallel calls with the signature of another model',
    {
      contents: [
        { role: 'user', parts: [{ text: 'How warm is it?' }] },
        { role: 'model', parts: [{ ...geminiCall, thoughtSignature: unsigned }, geminiCall] },
        { role: 'user', parts: [geminiResult, geminiResult] },
      ],
      config: {
        systemInstruction: { role: 'user', parts: [{ text: 'You write code.' }] },
        temperature: 1,
        topP: 0.95,
        topK: 64,
        thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 },
        tools: [
          {
            functionDeclarations: [
              { ...definition, parameters: undefined, parametersJsonSchema: parameters },
            ],
          },
        ],
      },
    },
  ],
  [
    'langchain-google-genai, a forced tool and settings of safety',
    {
      contents: [
        {
          role: 'user',
          parts: [{ text: 'How warm is it?' }, { inlineData: { mimeType: 'image/png', data: image } }],
        },
      ],
      config: {
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }],
        tools: [
          {
            functionDeclarations: [
              {
                name: 'get_weather',
                parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } },
              },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['get_weather'] } },
        maxOutputTokens: 500,
        candidateCount: 1,
      },
    },
  ],
]

export const clients: readonly ClientShape[] = [
  ...chatClients.map(([name, body]) => ({ name, format: 'openai.chat' as const, body })),
  ...geminiClients.map(([name, body]) => ({ name, format: 'gemini.generate-content' as const, body })),
  ...messagesClients.map(([name, body]) => ({ name, format: 'anthropic.messages' as const, body })),
]
