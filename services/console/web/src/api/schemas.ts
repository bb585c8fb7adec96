import type { components, paths } from './schema.generated.ts'

/** What the control APIs send, by name. */
export type Schemas = components['schemas']

/** What a request for an export takes. */
export type ExportRequest = paths['/v1/exports']['post']['requestBody']['content']['application/json']
