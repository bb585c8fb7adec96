import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// biome-ignore lint/suspicious/noExplicitAny: messages of a package that is installed for this suite alone
type Any = any

const sdk = join(import.meta.dirname, 'node_modules/@modelcontextprotocol/sdk/dist/esm')
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA='
const nothing = { type: 'object', properties: {} }

const text = (value: string) => ({ type: 'text', text: value })
const said = (...content: object[]) => ({ content })
const image = { type: 'image', data: png, mimeType: 'image/png' }

/** Steps that an elicitation asks for, by the tool that asks. */
const forms: Record<string, object> = {
  test_elicitation_sep1034_defaults: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
  test_elicitation_sep1330_enums: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: {
      type: 'string',
      oneOf: [
        { const: 'value1', title: 'First Option' },
        { const: 'value2', title: 'Second Option' },
      ],
    },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['Option One', 'Option Two'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: {
        anyOf: [
          { const: 'value1', title: 'First Choice' },
          { const: 'value2', title: 'Second Choice' },
        ],
      },
    },
  },
  test_elicitation: { username: { type: 'string' }, email: { type: 'string' } },
}

type Tool = {
  schema?: object
  call: (given: Any, extra: Any, server: Any) => Promise<object> | object
}

const elicit = async (message: string, name: string, extra: Any): Promise<object> => {
  const { action, content } = await extra.sendRequest(
    {
      method: 'elicitation/create',
      params: { message, requestedSchema: { type: 'object', properties: forms[name], required: [] } },
    },
    extra.schemas.ElicitResultSchema,
  )
  const told = `action=${action}, content=${JSON.stringify(content ?? {})}`
  return said(text(name === 'test_elicitation' ? `User response: ${told}` : `Elicitation completed: ${told}`))
}

const tools: Record<string, Tool> = {
  test_simple_text: { call: () => said(text('This is a simple text response for testing.')) },
  test_image_content: { call: () => said(image) },
  test_audio_content: { call: () => said({ type: 'audio', data: wav, mimeType: 'audio/wav' }) },
  test_embedded_resource: {
    call: () =>
      said({
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      }),
  },
  test_multiple_content_types: {
    call: () =>
      said(text('Multiple content types test:'), image, {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      }),
  },
  test_tool_with_logging: {
    async call(_, extra) {
      for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
        await sleep(50)
      }
      return said(text('logged'))
    },
  },
  test_error_handling: {
    call: () => ({
      isError: true,
      content: [text('This tool intentionally returns an error for testing')],
    }),
  },
  test_tool_with_progress: {
    async call(_, extra) {
      const { progressToken } = extra._meta ?? {}
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined)
          await extra.sendNotification({
            method: 'notifications/progress',
            params: { progressToken, progress, total: 100 },
          })
        await sleep(50)
      }
      return said(text('done'))
    },
  },
  test_sampling: {
    schema: { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
    async call({ prompt }, extra) {
      const { content } = await extra.sendRequest(
        {
          method: 'sampling/createMessage',
          params: { messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 },
        },
        extra.schemas.CreateMessageResultSchema,
      )
      return said(text(`LLM response: ${content.text}`))
    },
  },
  test_elicitation: {
    schema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
    call: ({ message }, extra) => elicit(message, 'test_elicitation', extra),
  },
  test_elicitation_sep1034_defaults: {
    call: (_, extra) => elicit('Please check the values', 'test_elicitation_sep1034_defaults', extra),
  },
  test_elicitation_sep1330_enums: {
    call: (_, extra) => elicit('Please choose', 'test_elicitation_sep1330_enums', extra),
  },
  json_schema_2020_12_tool: {
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
      additionalProperties: false,
    },
    call: () => said(text('ok')),
  },
}

const resources = [
  { uri: 'test://static-text', name: 'text', description: 'Static text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'binary', description: 'A picture', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'watched', description: 'May change', mimeType: 'text/plain' },
]

function read(uri: string): object {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  if (id !== undefined)
    return {
      uri,
      mimeType: 'application/json',
      text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
    }
  if (uri === 'test://static-binary') return { uri, mimeType: 'image/png', blob: png }
  return { uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }
}

const user = (content: object) => ({ role: 'user', content })
const prompts: Record<string, { arguments: string[]; messages: (given: Any) => object[] }> = {
  test_simple_prompt: {
    arguments: [],
    messages: () => [user(text('This is a simple prompt for testing.'))],
  },
  test_prompt_with_arguments: {
    arguments: ['arg1', 'arg2'],
    messages: ({ arg1, arg2 }) => [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
  },
  test_prompt_with_embedded_resource: {
    arguments: ['resourceUri'],
    messages: ({ resourceUri: uri }) => [
      user({
        type: 'resource',
        resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
      }),
      user(text('Please process the embedded resource above.')),
    ],
  },
  test_prompt_with_image: {
    arguments: [],
    messages: () => [user(image), user(text('Please analyze the image above.'))],
  },
}

/** A server that has what the official conformance suite asks a server for, on the official SDK of the first major. */
export async function startConformanceServer() {
  const [{ Server }, { StreamableHTTPServerTransport }, types] = await Promise.all([
    import(join(sdk, 'server/index.js')),
    import(join(sdk, 'server/streamableHttp.js')),
    import(join(sdk, 'types.js')),
  ])
  const transports = new Map<string, Any>()

  function makeServer(): Any {
    const server = new Server(
      { name: 'for-conformance', version: '1' },
      {
        capabilities: {
          ...{ tools: {}, prompts: {}, logging: {}, completions: {} },
          resources: { subscribe: true },
        },
      },
    )
    const on = (schema: string, reply: (params: Any, extra: Any) => unknown) =>
      server.setRequestHandler(types[schema], ({ params }: Any, extra: Any) => reply(params, extra))
    on('ListToolsRequestSchema', () => ({
      tools: Object.entries(tools).map(([name, { schema }]) => ({
        ...{ name, description: `Tool ${name}` },
        inputSchema: schema ?? nothing,
      })),
    }))
    on('CallToolRequestSchema', ({ name, arguments: given = {} }, extra) =>
      tools[name]!.call(given, { ...extra, schemas: types }, server),
    )
    on('ListResourcesRequestSchema', () => ({ resources }))
    on('ListResourceTemplatesRequestSchema', () => ({
      resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
    }))
    on('ReadResourceRequestSchema', ({ uri }) => ({ contents: [read(uri)] }))
    on('SubscribeRequestSchema', () => ({}))
    on('UnsubscribeRequestSchema', () => ({}))
    on('ListPromptsRequestSchema', () => ({
      prompts: Object.entries(prompts).map(([name, prompt]) => ({
        ...{ name, description: `Prompt ${name}` },
        arguments: prompt.arguments.map((argument) => ({ name: argument, required: true })),
      })),
    }))
    on('GetPromptRequestSchema', ({ name, arguments: given = {} }) => ({
      messages: prompts[name]!.messages(given),
    }))
    on('CompleteRequestSchema', () => ({
      completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false },
    }))
    on('SetLevelRequestSchema', () => ({}))
    return server
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const known = transports.get(String(request.headers['mcp-session-id']))
    if (known) return known.handleRequest(request, response)
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id: string) => void transports.set(id, transport),
    })
    await makeServer().connect(transport)
    return transport.handleRequest(request, response)
  }

  const http = createServer((request, response) => void respond(request, response))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
