import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { readIgnoreRules } from './ignore-rules.ts'
import { type Instruction, parseDockerfile, type Stage } from './parse-dockerfile.ts'

/** An image without an engine: the files that its instructions make, in a folder that stands for its root. */
export type Image = {
  root: string
  workingDirectory: string
  environment: Record<string, string>
  user: { uid: number; gid: number }
  entrypoint: string[]
  command: string[]
  healthCheck: string[] | undefined
}

/** Folders of the base image that instructions write to; in a command they stand for folders below the image's root. */
const ownPaths = /(?<=^|[\s"'=:])\/(?=(?:app|run\/airs|var\/lib\/airs|usr\/local\/bin)(?:[/\s"':]|$))/g
const isRoot = process.getuid?.() === 0

/**
 * Performs the steps of a Dockerfile's last stage, and of those that it takes from, in `directory`. The base image is
 * this machine: it needs npm on the PATH. Without being root everything belongs to whoever runs it.
 * @throws on an instruction that it does not know, and when a step fails.
 */
export function buildImage({ source, directory }: { source: string; directory: string }): Image {
  const stages = parseDockerfile(readFileSync(join(source, 'Dockerfile'), 'utf8'))
  const built = new Map<string, Image>()
  const build = (name: string): Image => {
    const known = built.get(name)
    if (known) return known
    const stage = stages.find((candidate) => candidate.name === name)
    if (!stage) throw new Error(`COPY --from=${name}: there is no such stage`)
    const image = startOf(stage)
    built.set(name, image)
    for (const instruction of stage.instructions) perform(instruction, image, source, build)
    return image
  }
  const startOf = (stage: Stage): Image => {
    const root = join(directory, stage.name)
    mkdirSync(root, { recursive: true, mode: 0o755 })
    if (!stages.some(({ name }) => name === stage.base)) return { ...blank, environment: {}, root }
    const base = build(stage.base)
    copyInto(base.root, root)
    return { ...base, environment: { ...base.environment }, root }
  }
  return build(stages.at(-1)!.name)
}

const blank: Omit<Image, 'root' | 'environment'> = {
  workingDirectory: '/',
  user: { uid: 0, gid: 0 },
  entrypoint: [],
  command: [],
  healthCheck: undefined,
}

function perform(
  { keyword, text }: Instruction,
  image: Image,
  source: string,
  build: (stage: string) => Image,
): void {
  if (keyword === 'WORKDIR') {
    image.workingDirectory = text
    mkdirSync(join(image.root, text), { recursive: true })
  } else if (keyword === 'COPY') copy(text, image, source, build)
  else if (keyword === 'RUN') run(text, image)
  else if (keyword === 'ENV')
    for (const [, name, value] of text.matchAll(/(\w+)=(\S*)/g)) image.environment[name!] = value!
  else if (keyword === 'USER') {
    const [uid, gid] = text.split(':').map(Number)
    if (!Number.isInteger(uid) || !Number.isInteger(gid))
      throw new Error(`USER ${text}: give numbers, Kubernetes cannot know whether a name is root`)
    image.user = { uid: uid!, gid: gid! }
  } else if (keyword === 'ENTRYPOINT') image.entrypoint = JSON.parse(text)
  else if (keyword === 'CMD') image.command = JSON.parse(text)
  else if (keyword === 'HEALTHCHECK') image.healthCheck = JSON.parse(text.replace(/^.*?CMD +/, ''))
  else if (keyword !== 'EXPOSE') throw new Error(`${keyword} is not an instruction that the replay knows`)
}

function copy(text: string, image: Image, source: string, build: (stage: string) => Image): void {
  const [, stage, from, to] = /^(?:--from=(\S+) +)?(\S+) +(\S+)$/.exec(text) ?? []
  if (!from || !to) throw new Error(`COPY ${text} is not understood`)
  const target = join(image.root, to.startsWith('/') ? '' : image.workingDirectory, to)
  if (stage) copyInto(join(build(stage).root, from), target)
  else copyContext(source, from, target)
}

/** @param folder of the context; `.` is the whole. */
function copyContext(source: string, folder: string, target: string): void {
  const isIgnored = readIgnoreRules(readFileSync(join(source, '.dockerignore'), 'utf8'))
  for (const path of contextFiles(source)) {
    const place = path === folder ? path : relative(folder, path)
    if (isIgnored(path) || place.startsWith('..')) continue
    mkdirSync(join(target, dirname(place)), { recursive: true })
    cpSync(join(source, path), join(target, place), { verbatimSymlinks: true })
    if (isRoot) chownSync(join(target, place), 0, 0)
  }
}

function contextFiles(source: string): string[] {
  const entries = readdirSync(source, { withFileTypes: true }).filter(
    ({ name }) => !['.git', '.airs', 'node_modules'].includes(name),
  )
  return entries.flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(source, entry.name), { withFileTypes: true, recursive: true })
          .filter((inner) => !inner.isDirectory())
          .map((inner) => relative(source, join(inner.parentPath, inner.name)))
      : entry.name,
  )
}

function copyInto(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  execFileSync('cp', ['-a', `${from}/.`, to])
}

function run(text: string, image: Image): void {
  const command = text.replaceAll(ownPaths, `${image.root}/`)
  const allowed = isRoot ? command : command.replaceAll(/ -[og] \d+/g, '')
  mkdirSync(join(image.root, 'usr/local/bin'), { recursive: true })
  execFileSync('/bin/sh', ['-euc', allowed], {
    cwd: join(image.root, image.workingDirectory),
    env: { ...process.env, ...image.environment, npm_config_prefer_offline: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
}

/** Removes what was built. */
export function removeImage(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}
