import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { z } from 'zod'
import { createLabelReader } from './labels.ts'
import type { ClassifierSettings } from './messages.ts'
import { piecesOf } from './pieces.ts'

export type Classifier = {
  /** Begin of the SHA-256 of its file. */
  model: string
  /** The confidence that a passage is an attack, 0 to 1. */
  judge(passage: string): Promise<number>
}

/** What is used of `onnxruntime-node`, which is installed by whoever wants a second stage. */
type Runtime = {
  InferenceSession: { create(path: string, options: object): Promise<Session> }
  Tensor: new (type: 'int64', data: BigInt64Array, dims: number[]) => Tensor
}
type Tensor = { data: ArrayLike<number>; dims: readonly number[] }
type Session = {
  inputNames: readonly string[]
  outputNames: readonly string[]
  run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>
}

/** What is used of `@huggingface/tokenizers`. */
type Tokenizers = { Tokenizer: new (tokenizer: object, config: object) => Tokenizer }
type Tokenizer = {
  encode(
    text: string,
    options: { return_token_type_ids: true },
  ): { ids: number[]; attention_mask: number[]; token_type_ids: number[] }
}

const configSchema = z.looseObject({
  id2label: z.record(z.string(), z.string()).optional(),
  max_position_embeddings: z.number().optional(),
})
const tokenizerConfigSchema = z.looseObject({ model_max_length: z.number().optional() })

const mostTokens = 512
const inputsKnown = ['input_ids', 'attention_mask', 'token_type_ids']

/**
 * Loads a model for the classification of texts, in ONNX, with its tokenizer. Nothing is downloaded.
 * @throws where a file or a package is missing, or the model takes or returns something else.
 */
export async function loadClassifier({
  directory,
  modulesDirectory,
  threads,
}: ClassifierSettings): Promise<Classifier> {
  const { InferenceSession, Tensor } = load<Runtime>('onnxruntime-node', modulesDirectory)
  const { Tokenizer } = load<Tokenizers>('@huggingface/tokenizers', modulesDirectory)
  const file = join(directory, 'model.onnx')
  const tokenizerJson = await readJson(join(directory, 'tokenizer.json'))
  if (!tokenizerJson) throw new Error(`${join(directory, 'tokenizer.json')} is missing`)
  const config = configSchema.parse((await readJson(join(directory, 'config.json'))) ?? {})
  const tokenizerConfig = tokenizerConfigSchema.parse(
    (await readJson(join(directory, 'tokenizer_config.json'))) ?? {},
  )
  const confidenceOf = createLabelReader(config.id2label)
  const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig)
  const most = Math.min(
    mostTokens,
    config.max_position_embeddings ?? mostTokens,
    tokenizerConfig.model_max_length ?? mostTokens,
  )
  const digest = await digestOf(file)
  const session = await InferenceSession.create(file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  })
  const strange = session.inputNames.filter((name) => !inputsKnown.includes(name))
  if (strange.length > 0 || !session.inputNames.includes('input_ids'))
    throw new Error(
      `${file} takes ${session.inputNames.join(', ')}; a classifier of texts takes ${inputsKnown.join(', ')}`,
    )
  const encode = (text: string) => tokenizer.encode(text, { return_token_type_ids: true })

  async function judgePiece(piece: string): Promise<number> {
    const encoded = encode(piece)
    const numbers = {
      input_ids: encoded.ids,
      attention_mask: encoded.attention_mask,
      token_type_ids: encoded.token_type_ids,
    }
    const inputs = Object.fromEntries(
      Object.entries(numbers)
        .filter(([name]) => session.inputNames.includes(name))
        .map(([name, values]) => [
          name,
          new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]),
        ]),
    )
    const outputs = await session.run(inputs)
    const output = outputs.logits ?? outputs[session.outputNames[0]!]
    if (output?.dims.length !== 2 || output.dims[0] !== 1)
      throw new Error(`the model returns no logits for one text: ${output?.dims.join(' x ') ?? 'nothing'}`)
    const confidence = confidenceOf(output.data)
    if (!(confidence >= 0 && confidence <= 1)) throw new Error('the model returns what is no number')
    return confidence
  }

  const classifier: Classifier = {
    model: digest.slice(0, 16),
    async judge(passage) {
      let highest = 0
      for (const piece of piecesOf(passage, most, (text) => encode(text).ids.length))
        highest = Math.max(highest, await judgePiece(piece))
      return highest
    },
  }
  // What it cannot do is known at the start, and not at the first suspicion.
  await classifier.judge('Good morning')
  return classifier
}

/** @throws with what to do where it is not installed. */
function load<Module>(name: string, modulesDirectory: string): Module {
  try {
    return createRequire(join(modulesDirectory, 'package.json'))(name) as Module
  } catch (cause) {
    throw new Error(
      `${name} cannot be loaded from ${modulesDirectory}: ${(cause as Error).message.split('\n')[0]}. Install it: npm ci --ignore-scripts --prefix ${modulesDirectory}`,
      { cause },
    )
  }
}

/** Undefined where it is missing. */
async function readJson(file: string): Promise<object | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as object
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
