import { join } from 'node:path'

/** A verifier in one file of Python without dependencies, which goes with exports. It shares no code with this library. */
export const secondVerifier = join(import.meta.dirname, 'verify.py')
