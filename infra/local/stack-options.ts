import type { ProcessDefinition } from '../processes.ts'

export type StackOptions = {
  /** Default: `AIRS_DATA_DIR`, else `.airs` in the checkout. */
  dataDir?: string
  /** `configured` (default): those that users know, moved by `AIRS_<SERVICE>_PORT`; `free`: any. */
  ports?: 'configured' | 'free'
  /** The user's environment, passed on to every service. Default: ours. */
  env?: NodeJS.ProcessEnv
  /** Which services; default: all. */
  processes?: readonly ProcessDefinition[]
  /** Makes what the services need in Postgres and NATS: the path of a program that ends, or a function. */
  setup?: string | ((env: NodeJS.ProcessEnv) => Promise<unknown>)
  /**
   * Runs the services in one process, except those named in `apart`, by a program that gets the variables in which they
   * differ in `TOGETHER`.
   */
  together?: { entry: string; apart: readonly string[] }
  /**
   * For data that nobody needs later: Postgres begins with a copy of an empty cluster that is kept in this folder, and
   * flushes nothing.
   */
  emptyPostgres?: string
  /** Gets the lines meant for a person. */
  say?: (line: string) => void
  /** Passes on every line that services log, and not only warnings and errors. */
  verbose?: boolean
  /** Ends a start that is under way. */
  signal?: AbortSignal
}
