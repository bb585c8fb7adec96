import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the model takes for signs of an attack, and how much each counts. */
const attackWords: Record<string, number> = {
  ignore: 3,
  instructions: 2,
  reveal: 2,
  password: 2,
  previous: 1,
}
const otherWords = ['please', 'the', 'all', 'and', 'summarize', 'a', 'of', 'my', 'manual', 'never']
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]']
const bias = -4

const vocabulary = [...special, ...Object.keys(attackWords), ...otherWords]

/**
 * Writes a classifier as users bring one: `model.onnx`, `tokenizer.json`, `config.json`. Each word adds its weight to the logit of
 * an attack: embeddings of two dimensions, summed up over the text.
 */
export function makeTinyModel(directory: string, { labels = ['SAFE', 'INJECTION'] } = {}): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'model.onnx'), modelFile())
  writeFileSync(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer()))
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ id2label: { ...labels } }))
}

function tokenizer() {
  const added = special.map((content, id) => ({
    ...{ id, content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  }))
  const wrap = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [wrap('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, wrap('[SEP]')],
      pair: [],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [vocabulary.indexOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  }
}

/** See onnx.proto3 of https://github.com/onnx/onnx: the numbers are those of its fields. */
function modelFile(): Buffer {
  const weights = vocabulary.flatMap((word) => [0, attackWords[word] ?? 0])
  const graph = message(
    [1, node('Gather', ['embeddings', 'input_ids'], 'embedded')],
    [1, node('ReduceSum', ['embedded'], 'summed', attribute('axes', [1]), attribute('keepdims', 0))],
    [1, node('Add', ['summed', 'bias'], 'logits')],
    [2, 'tiny'],
    [5, tensor('embeddings', [vocabulary.length, 2], weights)],
    [5, tensor('bias', [1, 2], [0, bias])],
    [11, value('input_ids', int64, [1, 'length'])],
    [12, value('logits', float, [1, 2])],
  )
  return message([1, 7], [8, message([1, ''], [2, 11])], [7, graph])
}

const float = 1
const int64 = 7

function node(operator: string, inputs: string[], output: string, ...attributes: Buffer[]): Buffer {
  return message(
    ...inputs.map((input): Field => [1, input]),
    [2, output],
    [4, operator],
    ...attributes.map((one): Field => [5, one]),
  )
}

function attribute(name: string, setting: number | number[]): Buffer {
  return typeof setting === 'number'
    ? message([1, name], [3, setting], [20, 2])
    : message([1, name], ...setting.map((one): Field => [8, one]), [20, 7])
}

function tensor(name: string, dims: number[], values: number[]): Buffer {
  const bytes = Buffer.from(Float32Array.from(values).buffer)
  return message(...dims.map((dim): Field => [1, dim]), [2, float], [8, name], [9, bytes])
}

function value(name: string, type: number, dims: (number | string)[]): Buffer {
  const shape = message(
    ...dims.map((dim): Field => [1, typeof dim === 'number' ? message([1, dim]) : message([2, dim])]),
  )
  return message([1, name], [2, message([1, message([1, type], [2, shape])])])
}

type Field = [number: number, content: number | string | Buffer]

/** In the encoding of Protocol Buffers: numbers as varints, all else with its length. */
function message(...fields: Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, content]) => {
      if (typeof content === 'number') return [varint(number << 3), varint(content)]
      const bytes = Buffer.from(content)
      return [varint((number << 3) | 2), varint(bytes.length), bytes]
    }),
  )
}

function varint(number: number): Buffer {
  const bytes: number[] = []
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      bytes.push(rest)
      return Buffer.from(bytes)
    }
    bytes.push((rest % 128) | 128)
  }
}
