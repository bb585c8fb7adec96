import type { Attack } from '../attack.ts'
import { fromBrowsers } from './browser.ts'
import { againstTheControls } from './control.ts'
import { againstMemoryAndTime } from './cost.ts'
import { againstPolicies } from './policy.ts'
import { againstTheRecord } from './record.ts'

export const attacks: readonly Attack[] = [
  ...againstTheRecord,
  ...againstMemoryAndTime,
  ...againstTheControls,
  ...againstPolicies,
  ...fromBrowsers,
]
