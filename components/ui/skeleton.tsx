import { classNames } from './class-names.ts'

/** Holds the place of what is being loaded, in its real size. */
export const Skeleton = ({ className }: { readonly className?: string }) => (
  <span aria-hidden className={classNames('block animate-pulse rounded-md bg-sunken', className)} />
)

export const SkeletonLines = ({ lines, className }: { readonly lines: number; readonly className?: string }) => (
  <span aria-hidden className={classNames('block space-y-3', className)}>
    {Array.from({ length: lines }, (_, index) => (
      <Skeleton
        key={index}
        className={classNames('h-4', index % 3 === 2 ? 'w-1/2' : index % 3 === 1 ? 'w-4/5' : 'w-full')}
      />
    ))}
  </span>
)
