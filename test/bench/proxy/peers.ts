import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How another gateway is started: what it is asked to forward to is `upstream`. */
type Launch = {
  program?: string
  args: string[]
  env?: NodeJS.ProcessEnv
  /** Of each request. */
  headers?: Record<string, string>
}
type Start = (options: { port: number; upstream: string; directory: string }) => Launch

type Peer = {
  name: string
  /** Into a folder of its own. @throws when a registry or a compiler is missing. */
  install: (folder: string) => void
  isInstalled: (folder: string) => boolean
  version: (folder: string) => string
  /** By name: the same gateway without and with a log of its own. */
  starts: Record<string, (folder: string) => Start>
}

const bifrostVersion = 'v1.2.40'

/** Gateways that registries have. None of their code is in this repository. */
export const peers: readonly Peer[] = [
  {
    name: 'Portkey',
    install: (folder) => run(folder, 'npm', ['install', '--no-audit', '--no-fund', '@portkey-ai/gateway']),
    isInstalled: (folder) => existsSync(portkeyEntry(folder)),
    version: (folder) =>
      readJson<{ version: string }>(join(folder, 'node_modules/@portkey-ai/gateway/package.json')).version,
    starts: {
      Portkey:
        (folder) =>
        ({ port, upstream }) => ({
          args: [portkeyEntry(folder), '--headless', `--port=${port}`],
          headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` },
        }),
    },
  },
  {
    name: 'LiteLLM',
    install(folder) {
      run(folder, 'python3', ['-m', 'venv', 'venv'])
      run(folder, 'venv/bin/pip', ['install', '--quiet', 'litellm[proxy]'])
    },
    isInstalled: (folder) => existsSync(join(folder, 'venv/bin/litellm')),
    version: (folder) =>
      execFileSync(
        join(folder, 'venv/bin/python'),
        ['-c', 'import importlib.metadata as m; print(m.version("litellm"))'],
        {
          encoding: 'utf8',
        },
      ).trim(),
    starts: {
      LiteLLM: (folder) => startLiteLlm(folder, false),
      'LiteLLM + log': (folder) => startLiteLlm(folder, true),
    },
  },
  {
    name: 'Bifrost core',
    install(folder) {
      copyFileSync(join(import.meta.dirname, 'bifrost.go'), join(folder, 'main.go'))
      run(folder, 'go', ['mod', 'init', 'bench'])
      // Its own choice of this library does not compile with Go 1.26.
      run(folder, 'go', [
        'get',
        `github.com/maximhq/bifrost/core@${bifrostVersion}`,
        'github.com/bytedance/sonic@v1.15.0',
      ])
      run(folder, 'go', ['mod', 'tidy'])
      run(folder, 'go', ['build', '-o', 'bifrost', '.'])
    },
    isInstalled: (folder) => existsSync(join(folder, 'bifrost')),
    version: () => bifrostVersion.slice(1),
    starts: {
      'Bifrost core':
        (folder) =>
        ({ port, upstream }) => ({
          program: join(folder, 'bifrost'),
          args: [],
          env: { PORT: String(port), UPSTREAM: upstream },
        }),
    },
  },
]

export const folderOf = (directory: string, { name }: Peer) =>
  join(directory, name.toLowerCase().replaceAll(' ', '-'))

/** Each start of each gateway that is there. */
export function installedPeers(directory: string): { name: string; start: Start }[] {
  return peers.flatMap((peer) => {
    const folder = folderOf(directory, peer)
    if (!peer.isInstalled(folder)) return []
    return Object.entries(peer.starts).map(([name, startIn]) => ({ name, start: startIn(folder) }))
  })
}

function portkeyEntry(folder: string): string {
  return join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
}

/** Its log is a callback that appends each exchange to a file, after the response has gone: it keeps none that a kill hits. */
function startLiteLlm(folder: string, logs: boolean): Start {
  return ({ port, upstream, directory }) => {
    const own = join(directory, logs ? 'litellm-log' : 'litellm')
    mkdirSync(own, { recursive: true })
    if (logs)
      writeFileSync(
        join(own, 'file_log.py'),
        [
          'import json, os',
          'from litellm.integrations.custom_logger import CustomLogger',
          'class FileLog(CustomLogger):',
          '    def __init__(self):',
          '        self.file = open(os.environ["EXCHANGES_FILE"], "a")',
          '    async def async_log_success_event(self, kwargs, response, start_time, end_time):',
          '        self.file.write(json.dumps(kwargs.get("standard_logging_object"), default=str) + "\\n")',
          '        self.file.flush()',
          'file_log = FileLog()',
          '',
        ].join('\n'),
      )
    const config = join(own, 'config.yaml')
    writeFileSync(
      config,
      [
        'model_list:',
        '  - model_name: "*"',
        '    litellm_params:',
        '      model: openai/gpt-4o-mini',
        `      api_base: ${upstream}/v1`,
        '      api_key: sk-benchmark',
        ...(logs ? ['litellm_settings:', '  callbacks: file_log.file_log'] : []),
        '',
      ].join('\n'),
    )
    return {
      program: join(folder, 'venv/bin/litellm'),
      args: ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'],
      env: {
        LITELLM_MASTER_KEY: 'sk-benchmark-0a1b2c3d4e5f6071',
        LITELLM_LOG: 'ERROR',
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        EXCHANGES_FILE: join(own, 'log'),
      },
    }
  }
}

function run(folder: string, program: string, args: string[]): void {
  execFileSync(program.includes('/') ? join(folder, program) : program, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function readJson<Value>(path: string): Value {
  return JSON.parse(readFileSync(path, 'utf8')) as Value
}
