/**
 * The forms of a page that has several: whatever is wrong with one, the page comes back with what
 * was typed in it and the messages, and the other forms as they are.
 */
import type { Values } from "./forms.ts";
import { checkValues, type Errors, errorsOf, type FieldRules, type FormState } from "./forms.ts";
import type { Translate } from "./i18n/mod.ts";

/** The form that came back, by its name; none for a page that was only asked for. */
export type PageForms<Name extends string> = Partial<Readonly<Record<Name, FormState>>>;

export interface FormDeskOptions<Name extends string, Page> {
  readonly values: Values;
  readonly t: Translate;
  /** The page with these forms, as the answer to a form that is refused. */
  readonly show: (forms: PageForms<Name>) => Promise<Page>;
}

export class FormDesk<Name extends string, Page> {
  readonly #options: FormDeskOptions<Name, Page>;

  constructor(options: FormDeskOptions<Name, Page>) {
    this.#options = options;
  }

  /** The page once more, with what is wrong with the form. */
  again(name: Name, errors: Errors): Promise<Page> {
    const form: FormState = { values: this.#options.values, errors };
    return this.#options.show({ [name]: form } as PageForms<Name>);
  }

  /** Does what the form asks for. `fields` are those that a refusal can stand beside. */
  async run(
    name: Name,
    work: () => Promise<Response | Page>,
    fields: readonly string[] = [],
  ): Promise<Response | Page> {
    try {
      return await work();
    } catch (error) {
      return await this.again(name, errorsOf(error, { fields, t: this.#options.t }));
    }
  }

  /** {@link run}, once the values keep the rules. */
  async checked(
    name: Name,
    { rules, fields }: { readonly rules: FieldRules; readonly fields: readonly string[] },
    work: () => Promise<Response>,
  ): Promise<Response | Page> {
    const { values, t } = this.#options;
    const errors = checkValues(values, rules, t);
    if (Object.keys(errors).length > 0) return await this.again(name, errors);
    return await this.run(name, work, fields);
  }
}
