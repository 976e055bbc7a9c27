/** Form fields: label, input and what is wrong with it, tied together for screen readers. */
import type { ComponentChildren } from "preact";
import type { FieldRule, FormState } from "../lib/forms.ts";

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly form: FormState;
  /** Shown when nothing was typed. */
  readonly value?: string | number;
  readonly hint?: string;
  /** Where several forms of a page have a field of this name. */
  readonly scope?: string;
}

function idOf({ name, scope = "f" }: FieldProps): string {
  return `${scope}-${name}`;
}

interface Described {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: "true";
}

/** Attributes that tie the input to its hint and its error. */
function described(props: FieldProps): Described {
  const id = idOf(props);
  const error = props.form.errors[props.name];
  const ids = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(props.hint === undefined ? [] : [`${id}-hint`]),
  ];
  return {
    id,
    ...(ids.length > 0 && { "aria-describedby": ids.join(" ") }),
    ...(error !== undefined && { "aria-invalid": "true" }),
  };
}

function Frame({ children, ...props }: FieldProps & { readonly children: ComponentChildren }) {
  const id = idOf(props);
  const error = props.form.errors[props.name];
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {children}
      {error !== undefined && <p class="field-error" id={`${id}-error`}>{error}</p>}
      {props.hint !== undefined && <p class="hint" id={`${id}-hint`}>{props.hint}</p>}
    </div>
  );
}

function shownValue({ form, name, value = "" }: FieldProps): string {
  return form.values[name] ?? String(value);
}

export type TextFieldProps = FieldProps & {
  readonly rule?: FieldRule;
  readonly type?: "text" | "email" | "tel" | "url" | "number" | "password" | "date";
  readonly autocomplete?: string;
  readonly disabled?: boolean;
  readonly autofocus?: boolean;
};

export function TextField(props: TextFieldProps) {
  const { name, rule, type = "text", autocomplete = "off", disabled = false } = props;
  const isNumber = type === "number";
  return (
    <Frame {...props}>
      <input
        {...described(props)}
        name={name}
        type={isNumber ? "text" : type}
        {...(isNumber && { inputMode: "numeric", pattern: "[0-9]*" })}
        value={type === "password" ? "" : shownValue(props)}
        autocomplete={autocomplete}
        disabled={disabled}
        required={(rule?.min ?? 0) > 0}
        {...(rule?.min !== undefined && rule.min > 1 && { minLength: rule.min })}
        {...(rule !== undefined && { maxLength: rule.max })}
        {...(props.autofocus && { autofocus: true })}
      />
    </Frame>
  );
}

export interface Choice {
  readonly value: string | number;
  readonly label: string;
}

export function SelectField(
  props: FieldProps & { readonly choices: readonly Choice[]; readonly disabled?: boolean },
) {
  const chosen = shownValue(props);
  return (
    <Frame {...props}>
      <select {...described(props)} name={props.name} disabled={props.disabled ?? false}>
        {props.choices.map(({ value, label }) => (
          <option key={value} value={value} selected={String(value) === chosen}>{label}</option>
        ))}
      </select>
    </Frame>
  );
}

export function TextArea(
  props: FieldProps & {
    readonly rule?: FieldRule;
    readonly rows?: number;
    readonly placeholder?: string;
  },
) {
  return (
    <Frame {...props}>
      <textarea
        {...described(props)}
        name={props.name}
        rows={props.rows ?? 6}
        placeholder={props.placeholder}
        spellcheck={false}
      >
        {shownValue(props)}
      </textarea>
    </Frame>
  );
}

/** What is wrong with a form as a whole. */
export function FormError({ form }: { readonly form: FormState }) {
  const text = form.errors[""];
  return text === undefined ? null : <p class="notice notice-failed" role="alert">{text}</p>;
}
