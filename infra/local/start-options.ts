import { parseArgs } from 'node:util'
import { StartError } from './start-error.ts'

export const startHelp = `Usage: npm start [-- OPTIONS]

Runs the whole stack of AIRS-CP on this machine until Ctrl-C: Postgres, NATS, ingress, services and console. It installs what is
missing, and prints what runs where and a link that logs in to the console.

  --verbose  prints what every process logs, and not warnings and errors alone
  --help     prints this

Configuration is by environment variables. The common ones:
  AIRS_PROVIDER, AIRS_OPENAI_BASE_URL, …  where models are (docs/providers.md); the built-in mock where nothing is set
  AIRS_DATA_DIR                           where everything is stored (.airs)
  AIRS_INGRESS_PORT, AIRS_CONSOLE_PORT    ports of the ingress and the console (8080, 8090)
All of them: .env.example and docs/operations.md.`

/** @throws StartError for an option that does not exist. */
export function readStartOptions(args: readonly string[]): { verbose: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return values
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('.')[0]}. See npm start -- --help`)
  }
}
