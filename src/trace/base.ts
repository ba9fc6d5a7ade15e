/** What a stage begins with: the state of an image that knowledge has, of scratch, or of one that is not known. */
import { PersistentMap } from '../dockerfile/persistent-map.ts'
import type { BaseImage, BaseStore } from '../knowledge/types.ts'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { emptyFields, type Fields } from './fields.ts'
import type { Session } from './machine.ts'
import type { StoreOrigin, TracedStore } from './state.ts'

/** A reference that means no image. */
export const SCRATCH = 'scratch'

/** A state of which nothing is known. */
export function unknownFields(why: string): Fields {
  const reason = unknown(why)
  return {
    ...emptyFields(),
    stores: reason,
    conf: reason,
    tool: reason,
    user: reason,
    packages: reason,
    packaged: reason,
    workdir: reason,
    bare: false,
  }
}

/** Repositories whose images are a bare distribution: they set no user and no folder. */
const BARE_DISTRIBUTIONS = new Set(
  (
    'alpine debian ubuntu centos fedora rockylinux almalinux oraclelinux amazonlinux busybox archlinux opensuse ' +
    'opensuse/leap photon mageia alt sl clefos'
  ).split(' '),
)

/** @param line the line of FROM (or COPY) that names it */
export function imageFields(session: Session, reference: string, image: BaseImage, line: number): Fields {
  const fields = emptyFields()
  if (image.os === 'scratch') return fields
  if (image.os === 'windows') return unknownFields('it is a Windows image')
  const { distribution } = image
  const plain = BARE_DISTRIBUTIONS.has(image.repo)
  const layout = distribution ? session.knowledge.storeLayout(distribution.id) : null
  const stores = baseStores(session, reference, image, line)
  const main = isUnknown(stores) || !layout ? null : (baseStore(image, layout.bundle) ?? null)
  const release = main?.release ?? null
  const tool = image.tool
  const noTool = !isUnknown(tool) && !tool
  const reason = unknown('what the base image holds beside its store is not known')
  const files = release ? session.catalogue.packaged(release) : null
  const packaged =
    noTool && layout?.conf
      ? null
      : files && release?.roots
        ? { release, files }
        : isUnknown(stores) || main
          ? reason
          : null
  return {
    ...fields,
    stores,
    layout,
    distribution: image.distribution,
    tool,
    packaged,
    conf: confOf(session, layout?.conf ?? null, tool, packaged),
    env: PersistentMap.from(
      Object.entries(image.env ?? {}).map(
        ([name, value]) => [name, value ?? unknown('the base image sets it to what is not known')] as const,
      ),
    ),
    user:
      image.user !== undefined ? image.user : plain ? null : unknown("the base image's USER is not known"),
    workdir: plain ? '/' : unknown("the base image's WORKDIR is not known"),
    packages: isUnknown(image.stores)
      ? unknown('the packages of the base image are not known')
      : PersistentMap.from(image.packages.map(name => [name, true] as const)),
    bare: false,
  }
}

function confOf(
  { catalogue }: Session,
  conf: string | null,
  tool: Maybe<boolean>,
  packaged: Fields['packaged'],
): Fields['conf'] {
  if (conf === null) return null
  if (isUnknown(tool)) return tool
  if (!tool) return null
  if (isUnknown(packaged)) return packaged
  return packaged ? catalogue.contents(packaged.files).names : null
}

function baseStore(image: BaseImage, bundle: string): BaseStore | undefined {
  if (isUnknown(image.stores)) return undefined
  return image.stores.find(store => store.path === bundle || store.aliases.includes(bundle))
}

function baseStores(session: Session, reference: string, image: BaseImage, line: number): Fields['stores'] {
  if (isUnknown(image.stores)) return image.stores
  const days = [image.until, image.baseUntil].filter((day): day is string => day !== null).sort()
  const origin: StoreOrigin = { kind: 'base', reference, frozen: days[0] ?? null, line }
  return image.stores.map((store): TracedStore => {
    const { release } = store
    const indexes = release?.roots ?? null
    return {
      path: store.path,
      aliases: [...store.aliases].sort(),
      sources: [],
      format: 'pem-bundle',
      release: release?.id ?? null,
      match: release === null ? 'unknown' : release.certainty === 'exact' ? 'exact' : 'nearest',
      roots:
        indexes === null
          ? unknown(
              release
                ? `which roots ${release.id} holds is not known`
                : 'which release the base image holds is not known',
            )
          : session.catalogue.ofRelease(indexes),
      origin,
    }
  })
}
