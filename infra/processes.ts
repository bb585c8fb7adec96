export type ProcessDefinition = {
  name: string
  /** Relative to the root of the repository. */
  entry: string
  /** Options of Node that it runs with. */
  nodeOptions?: readonly string[]
  /** The port it listens on, and the variable that moves it; absent for a process that listens nowhere. */
  port?: { variable: string; default: number }
  /** What has to be up before it is of use: servers (`postgres`, `nats`) and other processes, by name. */
  needs: readonly string[]
  /** The Postgres role that it logs in with; absent for a process without a database. */
  databaseRole?: string
}

/**
 * What every process gets in its environment. glibc gives memory of up to 32 MiB from its heap once such a piece was freed, where it
 * cannot be returned: after forty bodies of 30 MB an idle ingress kept 580 MiB. From 4 MiB on it asks the system each time. It also
 * keeps a heap for each thread, some 10 MiB of an idle process; two are enough for what threads of Node allocate by it.
 */
export const allocatorEnvironment = { MALLOC_MMAP_THRESHOLD_: '4194304', MALLOC_ARENA_MAX: '2' } as const

/** Every process of AIRS-CP beside the two servers, however it is deployed. */
export const processes: readonly ProcessDefinition[] = [
  {
    name: 'ingress',
    entry: 'services/ingress/main.ts',
    // Where traffic pauses, V8 would make the young generation small and mark the whole heap, in the midst of what comes
    // next: at 500 requests/s that costs a fifth of the CPU, and responses that wait 20 ms. Where it does not pause, four
    // threads of V8 that mark and sweep would take the cores away from ours for 80 ms: the main thread marks between
    // requests, in steps of 1 ms, and one thread is left for sweeping and compiling. What is left to the end of a
    // collection holds all requests for 11 to 17 ms: it begins when the heap has doubled, and not when a third was added.
    nodeOptions: [
      '--no-memory-reducer',
      '--no-concurrent-marking',
      '--v8-pool-size=1',
      '--heap-growing-percent=100',
    ],
    port: { variable: 'AIRS_INGRESS_PORT', default: 8080 },
    needs: ['nats'],
  },
  {
    name: 'policy',
    entry: 'services/policy/main.ts',
    port: { variable: 'AIRS_POLICY_PORT', default: 8081 },
    needs: ['postgres', 'nats'],
    databaseRole: 'airs_policy',
  },
  {
    name: 'audit',
    entry: 'services/audit/main.ts',
    port: { variable: 'AIRS_AUDIT_PORT', default: 8082 },
    needs: ['postgres', 'nats'],
    databaseRole: 'airs_audit',
  },
  {
    name: 'lineage',
    entry: 'services/lineage/main.ts',
    port: { variable: 'AIRS_LINEAGE_PORT', default: 8083 },
    needs: ['postgres', 'nats'],
    databaseRole: 'airs_lineage',
  },
  {
    name: 'export',
    entry: 'services/export/main.ts',
    port: { variable: 'AIRS_EXPORT_PORT', default: 8084 },
    needs: ['postgres', 'nats'],
    databaseRole: 'airs_export',
  },
  {
    name: 'export-worker',
    entry: 'services/export/worker-main.ts',
    // Its garbage is buffers, which only count when the young generation is full: with one of the usual size an export
    // takes 60 MiB more, and is slower.
    nodeOptions: ['--max-semi-space-size=2'],
    needs: ['postgres', 'nats'],
    databaseRole: 'airs_export',
  },
  {
    name: 'console',
    entry: 'services/console/main.ts',
    port: { variable: 'AIRS_CONSOLE_PORT', default: 8090 },
    needs: ['policy', 'audit', 'lineage', 'export'],
  },
]
