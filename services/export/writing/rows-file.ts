import { Worker } from 'node:worker_threads'
import type { FromRowsWriter, RowsWriterInput, ToRowsWriter } from './rows-writer.ts'

/** The file that the rows of an export go to, one behind the other, with the digest of what is in it. */
export type RowsFile = AsyncDisposable & {
  /** Of all that was added. */
  readonly bytes: number
  /** Adds a text as it is. Returns a promise where it has to be waited for before more is added. */
  add(text: string): Promise<void> | undefined
  /** The same, of a text or its bytes in UTF-8 and a line feed. */
  addLine(line: string | Buffer): Promise<void> | undefined
  /** What was added is on disk when it resolves. @returns the SHA-256 of all of it, in hex. */
  sync(): Promise<string>
}

/** Rows are gathered into blocks; while one is filled, the others are digested and written by a thread of their own. */
const blockBytes = 512 * 1024
const blocks = 3
const lineFeed = 0x0a

/** Opens it anew, or with the first `keepBytes` of an interrupted attempt. @throws when there are fewer. */
export async function openRowsFile(file: string, keepBytes: number): Promise<RowsFile> {
  const workerData: RowsWriterInput = { file, keepBytes }
  const worker = new Worker(new URL('./rows-writer.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  })
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  const free: Buffer[] = Array.from({ length: blocks - 1 }, () => Buffer.allocUnsafeSlow(blockBytes))
  let block: Buffer = Buffer.allocUnsafeSlow(blockBytes)
  let used = 0
  let handedOver = keepBytes
  let failure: Error | undefined
  let digest = ''
  let wake = () => {}

  worker.on('message', (message: FromRowsWriter) => {
    if (message.kind === 'failed')
      failure ??= Object.assign(new Error(message.message), { code: message.code })
    else if (message.kind === 'synced') digest = message.sha256
    else free.push(Buffer.from(message.block))
    wake()
  })
  worker.on('error', (error) => {
    failure ??= error
    wake()
  })

  async function until(isSo: () => boolean): Promise<void> {
    while (!failure && !isSo()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (failure) throw failure
  }

  function send(message: ToRowsWriter, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer)
  }

  async function handOver(): Promise<void> {
    await until(() => free.length > 0)
    const full = block.buffer as ArrayBuffer
    send({ kind: 'write', block: full, bytes: used }, [full])
    handedOver += used
    block = free.pop()!
    used = 0
  }

  async function addPiecewise(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (used === blockBytes) await handOver()
      const copied = bytes.copy(block, used, at)
      used += copied
      at += copied
    }
  }

  function add(content: string | Buffer, ending: '' | '\n'): Promise<void> | undefined {
    const most = (typeof content === 'string' ? content.length * 3 : content.length) + ending.length
    if (used + most > blockBytes)
      return addPiecewise(
        typeof content === 'string'
          ? Buffer.from(content + ending)
          : Buffer.concat([content, Buffer.from(ending)]),
      )
    used += typeof content === 'string' ? block.write(content, used) : content.copy(block, used)
    if (ending !== '') block[used++] = lineFeed
    return undefined
  }

  return {
    get bytes() {
      return handedOver + used
    },
    add: (text) => add(text, ''),
    addLine: (line) => add(line, '\n'),
    async sync() {
      await handOver()
      digest = ''
      send({ kind: 'sync' })
      await until(() => digest !== '')
      return digest
    },
    async [Symbol.asyncDispose]() {
      send({ kind: 'close' })
      await exited
    },
  }
}
