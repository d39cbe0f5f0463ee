'use client'
import { useId, type ComponentProps, type ReactNode } from 'react'
import { Checkbox } from './checkbox.tsx'
import { TextInput, Textarea } from './input.tsx'
import { Select } from './select.tsx'

interface FieldErrorProps {
  readonly id?: string
  /** Undefined when all is well. */
  readonly message: string | undefined
}

/** What is wrong with a value, below it. */
export const FieldError = ({ id, message }: FieldErrorProps) =>
  message !== undefined && (
    <p id={id} role="alert" className="text-xs text-denied">
      {message}
    </p>
  )

/** What a control needs to be wired to its label, hint and error. */
export interface FieldControl {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
  readonly 'aria-required': boolean | undefined
}

interface FieldFrame {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly required?: boolean
  readonly optional?: boolean
}

export interface FieldProps extends FieldFrame {
  readonly children: (control: FieldControl) => ReactNode
}

export function Field({ label, hint, error, required = false, optional = false, children }: FieldProps) {
  const id = useId()
  const describedBy = [error === undefined ? null : `${id}-error`, hint === undefined ? null : `${id}-hint`]
    .filter((part) => part !== null)
    .join(' ')
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="flex items-baseline gap-2 font-medium">
        {label}
        {optional && <span className="text-xs font-normal text-faint">optional</span>}
      </label>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': error === undefined ? undefined : true,
        'aria-required': required || undefined,
      })}
      <FieldError id={`${id}-error`} message={error} />
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

type FrameProps<Control> = FieldFrame & Omit<Control, keyof FieldFrame | keyof FieldControl | 'children'>

const split = <Props extends FieldFrame>({ label, hint, error, required, optional, ...control }: Props) => ({
  frame: {
    label,
    hint,
    ...(error === undefined ? {} : { error }),
    ...(required === undefined ? {} : { required }),
    ...(optional === undefined ? {} : { optional }),
  },
  control,
})

/** `<TextField label="Name" error={errors.name?.message} {...register('name')} />` */
export function TextField(props: FrameProps<ComponentProps<'input'>>) {
  const { frame, control } = split(props)
  return <Field {...frame}>{(wiring) => <TextInput {...control} {...wiring} />}</Field>
}

export function TextareaField(props: FrameProps<ComponentProps<'textarea'>>) {
  const { frame, control } = split(props)
  return <Field {...frame}>{(wiring) => <Textarea {...control} {...wiring} />}</Field>
}

export function SelectField(
  props: FrameProps<ComponentProps<'select'>> & Pick<ComponentProps<typeof Select>, 'options' | 'placeholder'>,
) {
  const { frame, control } = split(props)
  return <Field {...frame}>{(wiring) => <Select {...control} {...wiring} />}</Field>
}

export function CheckboxField({
  label,
  hint,
  error,
  ...control
}: FieldFrame & Omit<ComponentProps<'input'>, 'type' | 'children' | keyof FieldFrame>) {
  const id = useId()
  return (
    <div>
      <Checkbox
        {...control}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        aria-invalid={error === undefined ? undefined : true}
      >
        {label}
        {hint !== undefined && (
          <span id={`${id}-hint`} className="block text-xs text-muted">
            {hint}
          </span>
        )}
      </Checkbox>
      <FieldError message={error} />
    </div>
  )
}
