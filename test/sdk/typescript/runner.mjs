// Carries out cases of test/sdk/cases, one JSON line in, one out.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import * as zlib from 'node:zlib'

// An app's own import, wherever this file is.
const require = createRequire(`${process.cwd()}/app.mjs`)
const packageFile = require.resolve('@airs-cp/sdk/package.json')
const load = async (name) => import(pathToFileURL(resolveOf(name)).href)
const resolveOf = (name) =>
  name === '@airs-cp/sdk'
    ? packageFile.replace('package.json', 'dist/index.js')
    : require.resolve(name).replace(/\.js$/, '.mjs')
const { AIRSClient, airsOf, PolicyViolation, VerificationFailed } = await load('@airs-cp/sdk')
const { OpenAI } = await load('openai')
const { zodResponseFormat } = await load('openai/helpers/zod')
const { z } = await import(pathToFileURL(require.resolve('zod')).href)

const { AIRS_TEST_GATEWAY: gateway, AIRS_TEST_PROVIDER: provider, AIRS_TEST_NOWHERE: nowhere } = process.env
const warnings = []
process.on('warning', (warning) => warnings.push(warning.name))

const names = {
  session_id: 'sessionId',
  airs_endpoint: 'airsEndpoint',
  api_key: 'apiKey',
  max_retries: 'maxRetries',
  on_gateway_error: 'onGatewayError',
  provider_base_url: 'providerBaseURL',
  provider_api_key: 'providerApiKey',
}
const rename = (options = {}) =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [names[name] ?? name, value]))

function optionsOf({ client = {} }) {
  const { endpoint, ...options } = client
  return {
    apiKey: 'sk-app',
    airsEndpoint: endpoint === 'nowhere' ? nowhere : gateway,
    ...rename(options),
    ...(options.provider_base_url && {
      providerBaseURL: options.provider_base_url.replace('{provider}', provider),
    }),
  }
}

function within(client, contexts, work) {
  const [first, ...rest] = contexts
  if (!first) return work()
  const inner = () => within(client, rest, work)
  return 'session_id' in first ? client.session(rename(first), inner) : client.context(rename(first), inner)
}

function resourceOf(client, operation) {
  const [name, method] = operation.split('.')
  const resource = name === 'chat' ? client.chat.completions : client[name]
  return (...args) => resource[method](...args)
}

function describe(answer) {
  if (answer.choices) {
    const [choice] = answer.choices
    const { message } = choice
    return {
      text: message ? message.content : choice.text,
      ...(message?.tool_calls?.length && {
        tools: message.tool_calls.map(({ function: { name, arguments: args } }) => ({
          name,
          arguments: args,
        })),
      }),
      ...(message?.parsed && { parsed: message.parsed }),
    }
  }
  if (answer.output_text !== undefined) return { text: answer.output_text }
  return answer.data[0].embedding ? { count: answer.data.length } : { listed: answer.data.length > 0 }
}

const textOf = (event) => {
  if (event.choices) return event.choices[0]?.delta?.content ?? event.choices[0]?.text ?? ''
  return event.type === 'response.output_text.delta' ? event.delta : ''
}

async function call(client, { call: { operation, params, options, raw } }) {
  const format = operation === 'chat.parse' && {
    response_format: zodResponseFormat(z.object({ city: z.string() }), 'place'),
  }
  const made = params
    ? resourceOf(client, operation)({ ...params, ...format }, rename(options))
    : resourceOf(client, operation)(rename(options))
  if (operation.endsWith('.stream') || params?.stream) {
    const stream = await made
    let text = ''
    for await (const event of stream) text += textOf(event)
    return [{ text }, stream.airs]
  }
  if (raw) {
    const { data, response } = await made.withResponse()
    return [{ ...describe(data), header: response.headers.get('x-session-id') }, airsOf(response)]
  }
  const answer = await made
  return [describe(answer), answer.airs]
}

const describeExchange = ({ exchangeId, sessionId, decision, isDirect }) => ({
  exchange_id: exchangeId,
  session_id: sessionId,
  decision,
  is_direct: isDirect,
})

function kindsOf(error) {
  const kinds = []
  for (let at = error; at?.constructor?.name; at = Object.getPrototypeOf(at))
    if (at !== error) kinds.push(at.constructor.name)
  return kinds
}

function describeError(error) {
  const kind = error instanceof TypeError ? 'argument' : error.constructor.name
  return {
    kind,
    is: kindsOf(error),
    message: error.message,
    status: error.status,
    code: error.code,
    stack: error.stack,
    ...(error instanceof VerificationFailed && { problems: error.problems }),
    ...(error instanceof PolicyViolation && { policy: error.policy, reason: error.reason }),
    ...(error instanceof OpenAI.APIError && error.airs && { exchange_id: airsOf(error).exchangeId }),
  }
}

async function verify(file) {
  try {
    const { manifest, ...verified } = await new AIRSClient({ apiKey: 'sk-app' }).airs.verify(file)
    return { verified: { export_id: manifest.made.exportId, kind: manifest.kind, ...verified } }
  } catch (error) {
    return { error: describeError(error) }
  }
}

async function run(one) {
  if (one.verify) return verify(one.verify)
  const said = {}
  let client
  let exchange
  try {
    client = new AIRSClient(optionsOf(one))
    const caller = one.derive ? client.withOptions(rename(one.derive)) : client
    await within(client, one.contexts ?? [], async () => {
      for (let time = 0; time < (one.call.times ?? 1); time += 1)
        [said.answer, exchange] = await call(caller, one)
    })
    said.airs = describeExchange(exchange)
  } catch (error) {
    said.error = describeError(error)
    exchange = error.airs
  }
  if (one.expect.findings) said.findings = await exchange.findings()
  if (client) said.direct_calls = client.airs.directCalls
  return said
}

const { version } = JSON.parse(readFileSync(packageFile, 'utf8'))
console.log(JSON.stringify({ package: packageFile, version, zstd: 'createZstdDecompress' in zlib }))
for await (const line of createInterface({ input: process.stdin })) {
  warnings.length = 0
  const said = await run(JSON.parse(line).case)
  await new Promise(setImmediate)
  console.log(
    JSON.stringify({ ...said, warnings: warnings.filter((name) => name === 'DirectCallWarning').length }),
  )
}
