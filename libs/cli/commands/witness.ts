import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { createWitness, formatVerifierKey } from '@airs-cp/transparency-log'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { readTrustedKeys } from '../trusted-keys.ts'
import { openWitnessFiles } from '../witness/files.ts'
import { serveWitness } from '../witness/serve.ts'

type Options = { state: string; name?: string; log?: string[]; host: string; port: number }

export function configureWitness(command: Command, context: Context): void {
  command
    .description(
      'Be a witness of transparency logs (C2SP tlog-witness): cosign each checkpoint that continues the one before, and refuse every other. Runs until Ctrl-C. Prints its verifier key, for the witness policy of the logs.',
    )
    .option('--state <folder>', 'where its key and what it has cosigned are kept', 'airs-witness')
    .option('--name <name>', 'name of the key, if one is made now, such as example.com/witness')
    .option(
      '--log <key...>',
      'verifier keys of the logs to witness, or files of them; without any, only its own key is printed',
    )
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0: any', readPort, 8095)
    .action((options: Options) => witness(context, options))
}

async function witness(context: Context, { state, name, log = [], host, port }: Options): Promise<void> {
  const { signer, memory } = await openWitnessFiles(resolve(context.io.cwd, state), name)
  const key = formatVerifierKey(signer.key)
  if (log.length === 0) return context.result({ key }, () => key)
  const logs = readTrustedKeys(context, log).map(({ key }) => key)
  const signal = context.interruption()
  const server = await serveWitness(createWitness({ signer, logs, memory }), {
    host,
    port,
    onProblem: (error) => context.note(`A checkpoint was not cosigned: ${(error as Error).message}`),
  }).catch((error: Error) => {
    throw new CommandError(
      exitCodes.failed,
      'cannot_listen',
      `${host}:${port} cannot be used: ${error.message}.`,
    )
  })
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  context.result(
    { key, url, logs: logs.map(({ name }) => name) },
    () => `witness ${signer.key.name} ${key} ${url}`,
  )
  context.note('The line above is for AIRS_WITNESS_POLICY_FILE. Ctrl-C ends this witness.')
  await new Promise<void>((ended) => {
    const close = () => {
      server.close(() => ended())
      server.closeAllConnections()
    }
    if (signal.aborted) close()
    else signal.addEventListener('abort', close)
  })
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1
  if (port < 0 || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.')
  return port
}
