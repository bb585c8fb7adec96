import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../../infra/local/data-directory.ts'

/** Where the published types of an API group are. */
const modules: Record<string, string> = {
  'apps/v1': 'apps/v1',
  'networking.k8s.io/v1': 'networking/v1',
  v1: 'core/v1',
}

/**
 * Checks manifests strictly against the published schema: their types, by the compiler. A field that does not exist is an error.
 * @returns what is wrong; empty when nothing is.
 */
export async function checkKubernetes(yaml: string): Promise<string> {
  const folder = join(repositoryRoot, 'node_modules', `.kubernetes-check-${process.pid}`)
  const source = parseAllDocuments(yaml)
    .map((document) => document.toJS() as { apiVersion: string; kind: string })
    .map((object, index) => {
      const module = modules[object.apiVersion]
      if (!module) throw new Error(`${object.apiVersion} is not among the API groups that can be checked`)
      const type = `import('kubernetes-types/${module}').${object.kind}`
      return `export const object${index}: ${type} = ${JSON.stringify(object, null, 2)}\n`
    })
    .join('')
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(join(folder, 'objects.ts'), source)
    const options = {
      strict: true,
      noEmit: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      skipLibCheck: true,
      types: [],
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['objects.ts'] }),
    )
    return await new Promise((resolve) =>
      execFile(join(repositoryRoot, 'node_modules/.bin/tsc'), ['--project', folder], (error, stdout) =>
        resolve(error ? stdout || error.message : ''),
      ),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
