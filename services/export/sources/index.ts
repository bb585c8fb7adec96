import type { ExportRequested } from '@airs-cp/events'
import { decisions } from './decisions.ts'
import { events } from './events.ts'
import { sessions } from './sessions.ts'
import type { Source } from './source.ts'

export const sources: Record<ExportRequested['kind'], Source> = { events, sessions, decisions }
