'use client'
import { Link } from './link.tsx'
import type { LucideIcon } from 'lucide-react'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger'
export type ButtonSize = 'sm' | 'md' | 'lg'

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: 'bg-text text-inverse hover:bg-text/88 border border-transparent',
  secondary: 'bg-raised text-text border border-line-strong hover:bg-hover shadow-raised',
  ghost: 'text-muted border border-transparent hover:bg-hover hover:text-text',
  danger: 'bg-denied-tint text-denied border border-denied/30 hover:border-denied/60',
}
const SIZES: Readonly<Record<ButtonSize, string>> = {
  sm: 'h-7 px-2 gap-1.5 text-xs rounded-md',
  md: 'h-8 px-3 gap-2 text-sm rounded-md',
  lg: 'h-10 px-4 gap-2 text-base rounded-lg',
}
const SHAPE =
  'inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap transition-colors duration-100 select-none aria-disabled:opacity-55 disabled:opacity-55'

export const buttonClass = (
  variant: ButtonVariant = 'secondary',
  size: ButtonSize = 'md',
  className?: string,
): string => classNames(SHAPE, VARIANTS[variant], SIZES[size], className)

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  readonly variant?: ButtonVariant | undefined
  readonly size?: ButtonSize | undefined
  readonly icon?: LucideIcon | undefined
  readonly pending?: boolean | undefined
  readonly disabled?: boolean | undefined
  /** Why it cannot be used now; it stays focusable and says so. */
  readonly disabledReason?: string | undefined
}

export function Button({
  variant,
  size,
  icon: Icon,
  pending = false,
  disabled = false,
  disabledReason,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const isIdle = pending || disabled || disabledReason !== undefined
  const button = (
    <button
      {...rest}
      type={isIdle && type === 'submit' ? 'button' : type}
      aria-disabled={isIdle || undefined}
      aria-busy={pending || undefined}
      className={buttonClass(variant, size, className)}
      onClick={
        isIdle
          ? (event) => {
              event.preventDefault()
            }
          : onClick
      }
    >
      {pending ? (
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
      ) : (
        Icon && <Icon aria-hidden className="size-4" strokeWidth={1.75} />
      )}
      {children}
    </button>
  )
  return disabledReason === undefined ? button : <Tooltip content={disabledReason}>{button}</Tooltip>
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly label: string
  readonly icon: LucideIcon
  /** Shown in the tooltip beside the label. */
  readonly shortcut?: string | undefined
}

const ICON_SIZES: Readonly<Record<ButtonSize, string>> = { sm: 'size-6 p-0', md: 'size-8 p-0', lg: 'size-10 p-0' }

export function IconButton({
  label,
  icon: Icon,
  shortcut,
  variant = 'ghost',
  size = 'md',
  pending = false,
  disabled = false,
  disabledReason,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  const isIdle = pending || disabled || disabledReason !== undefined
  return (
    <Tooltip
      content={disabledReason ?? (shortcut === undefined ? label : <Labelled label={label} shortcut={shortcut} />)}
    >
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-disabled={isIdle || undefined}
        className={classNames(SHAPE, VARIANTS[variant], 'rounded-md', ICON_SIZES[size], className)}
        onClick={
          isIdle
            ? (event) => {
                event.preventDefault()
              }
            : onClick
        }
      >
        {pending ? (
          <LoaderCircle aria-hidden className="size-4 animate-spin" />
        ) : (
          <Icon aria-hidden className="size-4" strokeWidth={1.75} />
        )}
      </button>
    </Tooltip>
  )
}

const Labelled = ({ label, shortcut }: { readonly label: string; readonly shortcut: string }) => (
  <span className="flex items-center gap-2">
    {label}
    <kbd className="rounded-sm bg-inverse/20 px-1">{shortcut}</kbd>
  </span>
)

interface ButtonLinkProps extends ComponentProps<typeof Link> {
  readonly variant?: ButtonVariant | undefined
  readonly size?: ButtonSize | undefined
  readonly icon?: LucideIcon | undefined
  readonly children: ReactNode
}

export const ButtonLink = ({ variant, size, icon: Icon, className, children, ...rest }: ButtonLinkProps) => (
  <Link {...rest} className={buttonClass(variant, size, className)}>
    {Icon && <Icon aria-hidden className="size-4" strokeWidth={1.75} />}
    {children}
  </Link>
)
