/** Which program installs packages on a distribution, and whether its archive still answers. */
import { addDays, dayStart } from '../clock.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import type { Distribution, Instant } from '../model.ts'
import type { PackageManager } from './plan.ts'

/** The package manager of a distribution; null where there is none, or nothing to get. RHEL's family has dnf from 8 on, yum before. */
export function managerOf(distribution: Distribution | null, at: Instant): PackageManager | null {
  if (distribution === null) return null
  const { id, version, endOfLife } = distribution
  const major = Number.parseInt(version ?? '', 10)
  const ended = endOfLife !== null && today(at) >= addDays(dayStart(endOfLife), 1)
  switch (id) {
    case 'alpine':
      return 'apk'
    case 'debian':
    case 'ubuntu':
      // Past its end a release moves to an archive of its own, and apt-get update fails until sources.list says so.
      return ended ? null : 'apt-get'
    case 'fedora':
    case 'rocky':
    case 'almalinux':
    case 'centos-stream':
      return ended ? null : 'dnf'
    case 'rhel':
    case 'ol':
    case 'centos':
      return ended ? null : major >= 8 ? 'dnf' : 'yum'
    case 'amzn':
      return ended ? null : major >= 2022 ? 'dnf' : 'yum'
    case 'opensuse-leap':
    case 'opensuse-tumbleweed':
    case 'opensuse':
    case 'sles':
      return 'zypper'
    default:
      return null
  }
}

/** One can only take what there is: what archives serve is of today, whatever the judge's clock says. */
export function today(at: Instant): Instant {
  return Math.max(at, dayStart(knowledgeDate()))
}
