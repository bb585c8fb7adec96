import type { components } from './schema.generated.ts'

/** What the control APIs send, by name. */
export type Schemas = components['schemas']
