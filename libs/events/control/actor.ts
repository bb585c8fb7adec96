import { z } from 'zod'

/** Who did it: the name of a control-API token, or a service. */
export const actorSchema = z.string()
