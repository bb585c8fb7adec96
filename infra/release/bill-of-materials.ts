import { createHash } from 'node:crypto'

type LockedPackage = {
  name?: string
  version?: string
  license?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
export type Lockfile = { packages: Record<string, LockedPackage> }

type Component = { path: string; name: string; version: string; ref: string; entry: LockedPackage }

/**
 * The software bill of materials of what runs in production, as CycloneDX 1.6: every package of the lockfile that is not for
 * development alone, with its digest, its licence and what it depends on. The same lockfile gives the same bytes.
 */
export function billOfMaterials({ packages }: Lockfile, version: string, at: Date): object {
  const components = new Map<string, Component>()
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '' || entry.link || entry.dev) continue
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (path.includes('node_modules/'))
      components.set(path, { path, name, version: entry.version!, ref: purlOf(name, entry.version!), entry })
  }
  const own = Object.entries(packages).filter(([path, { link }]) => !path.includes('node_modules/') && !link)
  const root = { type: 'application', 'bom-ref': `airs-cp@${version}`, name: 'airs-cp', version }
  const sorted = [...new Map([...components.values()].map((one) => [one.ref, one])).values()].sort((a, b) =>
    a.ref < b.ref ? -1 : 1,
  )
  const resolve = (from: string, entry: LockedPackage) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }).flatMap(
      (name) => nearest(components, from, name)?.ref ?? [],
    )
  const dependencies = [
    { ref: root['bom-ref'], dependsOn: unique(own.flatMap(([path, entry]) => resolve(path, entry))) },
    ...sorted.map(({ path, ref, entry }) => ({ ref, dependsOn: unique(resolve(path, entry)) })),
  ]
  const body = { components: sorted.map(describe), dependencies }
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([version, body]))}`,
    version: 1,
    metadata: { timestamp: at.toISOString(), component: root },
    ...body,
  }
}

/** As Node finds a package: in the `node_modules` of the folder, then of each folder above it. */
function nearest(components: Map<string, Component>, from: string, name: string): Component | undefined {
  for (let folder = from; ; folder = folder.replace(/\/?[^/]*$/, '')) {
    const found = components.get(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`)
    if (found || folder === '') return found
  }
}

function describe({ name, version, ref, entry }: Component): object {
  const slash = name.indexOf('/')
  const [algorithm, digest] = entry.integrity?.split('-') ?? []
  return {
    type: 'library',
    'bom-ref': ref,
    ...(slash > 0 && { group: name.slice(0, slash) }),
    name: name.slice(slash + 1),
    version,
    ...(algorithm === 'sha512' && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(digest!, 'base64').toString('hex') }],
    }),
    ...(entry.license && { licenses: [licenseOf(entry.license)] }),
    purl: ref,
  }
}

/** A single SPDX id, or an expression of several. */
function licenseOf(license: string): object {
  if (/[ ()]/.test(license)) return { expression: license.replace(/^\((.*)\)$/, '$1') }
  return { license: license.startsWith('SEE') ? { name: license } : { id: license } }
}

const purlOf = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`
const unique = (refs: string[]) => [...new Set(refs)].sort()

/** Follows from the content, so that two runs give the same. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
