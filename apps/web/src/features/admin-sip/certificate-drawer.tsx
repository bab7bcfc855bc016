import { UploadCertificate, type UploadedCertificate } from '@carillon/contracts';
import { Drawer, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { call } from '../../api/api.js';
import { DrawerButtons } from '../../ui/drawer-buttons.js';
import { focusFirstError } from '../../ui/focus-first-error.js';
import { showFormFailure } from '../../ui/form-failure.js';
import { useAct } from '../../ui/use-act.js';
import { PemField } from './pem-field.js';

interface CertificateDrawerProps {
  /** null adds another one. */
  replaces: UploadedCertificate | null;
  opened: boolean;
  onClose: () => void;
}

const FIELD_OF_CODE = { 'CERTIFICATE.NAME_TAKEN': 'chain' };

/** Takes a certificate and its key. */
export function CertificateDrawer({ replaces, opened, onClose }: CertificateDrawerProps) {
  const title = replaces === null ? 'Upload certificate' : `Replace the certificate for ${replaces.names[0] ?? ''}`;
  return (
    <Drawer opened={opened} onClose={onClose} title={title}>
      <CertificateFields replaces={replaces} onClose={onClose} />
    </Drawer>
  );
}

/** The form, made anew whenever the drawer opens. */
function CertificateFields({ replaces, onClose }: Omit<CertificateDrawerProps, 'opened'>) {
  const form = useForm({ initialValues: { chain: '', key: '' } });
  const upload = useAct({
    run: (values: typeof form.values) =>
      call('uploadCertificate', { body: { ...values, replaces: replaces?.certificateId ?? null } }),
    stale: ['listCertificates', 'sipTls'],
    done: ({ names }) => `In use from now on, for ${names.join(', ')}.`,
    onFailure: (failure) => {
      showFormFailure(form, failure, FIELD_OF_CODE);
      focusFirstError();
    },
  });
  const submit = (values: typeof form.values) => {
    const checked = UploadCertificate.safeParse(values);
    if (checked.success) return upload.mutate(values, { onSuccess: onClose });
    form.setErrors(Object.fromEntries(checked.error.issues.map((issue) => [issue.path.join('.'), issue.message])));
    focusFirstError();
  };
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <Stack>
        <Text size="sm">
          Both as PEM, as your authority gives them. Phones are shown the new certificate when they connect the next
          time; calls go on.
        </Text>
        <PemField
          label="Certificate and chain"
          description="Often called fullchain.pem: your certificate and those that lead to its authority, in any order."
          isFirst
          placeholder="-----BEGIN CERTIFICATE-----"
          {...form.getInputProps('chain')}
          onText={(text) => form.setFieldValue('chain', text)}
        />
        <PemField
          label="Private key"
          description="Often called privkey.pem, without a passphrase. It is stored encrypted and never shown again."
          placeholder="-----BEGIN PRIVATE KEY-----"
          {...form.getInputProps('key')}
          onText={(text) => form.setFieldValue('key', text)}
        />
        <DrawerButtons saving={upload.isPending} onClose={onClose} verb={replaces === null ? 'Upload' : 'Replace'} />
      </Stack>
    </form>
  );
}
