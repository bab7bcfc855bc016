import { ApiFailure } from '../api/api-failure.js';
import { notifyFailure } from './notify.js';

/** Which field a refusal without `fields` is about. */
const FIELD_OF_CODE: Readonly<Record<string, string>> = {
  'DIRECTORY.NUMBER_TAKEN': 'extension',
  'DIRECTORY.EMAIL_TAKEN': 'email',
};

interface FormWithErrors {
  setErrors: (errors: Record<string, string>) => void;
}

/** Puts a failure beside the fields it is about; into a toast where it is about none. */
export function showFormFailure(
  form: FormWithErrors,
  failure: Error,
  fieldOfCode: Record<string, string> = FIELD_OF_CODE,
) {
  if (failure instanceof ApiFailure) {
    const { fields } = failure.details;
    if (fields !== undefined && Object.keys(fields).length > 0) return form.setErrors({ ...fields });
    const field = fieldOfCode[failure.code];
    if (field !== undefined) return form.setErrors({ [field]: failure.message });
  }
  notifyFailure(failure);
}
