import { DEFAULT_REGISTRATION_CHOICES as usual, type SipChoices } from '@carillon/contracts';
import { NumberInput, Radio, SimpleGrid, Stack, Switch, TagsInput, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { errorWithin } from './error-within.js';

const ORDER = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];

/** How long phones are registered, how they prove who they are, and what routers between need. */
export function RegistrationFields({ form }: { form: UseFormReturnType<SipChoices> }) {
  const seconds = (name: keyof typeof usual) => ({
    clampBehavior: 'none' as const,
    inputWrapperOrder: ORDER,
    suffix: ' s',
    ...form.getInputProps(`registration.${name}`),
  });
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <NumberInput
          label="Shortest time"
          description={`Phones that want less are asked for this. Usually ${usual.minimumSeconds} s.`}
          {...seconds('minimumSeconds')}
        />
        <NumberInput
          label="Usual time"
          description={`For phones that ask for none. Usually ${usual.defaultSeconds} s.`}
          {...seconds('defaultSeconds')}
        />
        <NumberInput
          label="Longest time"
          description={`Nobody is registered for longer without asking again. Usually ${usual.maximumSeconds} s.`}
          {...seconds('maximumSeconds')}
        />
      </SimpleGrid>
      <NumberInput
        label="Places one device may be registered at"
        description={`The same user name and password in several phones or apps. A further one is refused. Usually ${usual.contactsPerDevice}.`}
        maw={360}
        clampBehavior="none"
        inputWrapperOrder={ORDER}
        {...form.getInputProps('registration.contactsPerDevice')}
      />
      <Radio.Group label="How phones prove their password" {...form.getInputProps('digest')}>
        <Stack gap="xs" mt={6}>
          <Radio
            value="by-phone"
            label="As strongly as each phone can (usual)"
            description="Most phones and all browser softphones know MD5 only. The profiles below say which phone is asked for what."
          />
          <Radio
            value="sha256-only"
            label="By SHA-256 only"
            description="Safer where somebody may listen. Phones that know only MD5, and browser softphones, can no longer register."
          />
        </Stack>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput
          label="Ask phones behind a router every"
          description={`Keeps the way to them open. 0 never asks. Usually ${usual.pingSeconds} s.`}
          {...seconds('pingSeconds')}
        />
        <NumberInput
          label="Phones keep their connection alive within"
          description={`Told to phones that know SIP Outbound. Usually ${usual.flowTimerSeconds} s.`}
          {...seconds('flowTimerSeconds')}
        />
      </SimpleGrid>
      <TagsInput
        label="Phones send their calls by (Service-Route)"
        description="Only with an edge proxy of your own. The addresses of the servers on the way, in order; empty: straight to this server."
        placeholder={form.values.registration.serviceRoute.length === 0 ? 'sip:edge.example.org;lr' : ''}
        {...form.getInputProps('registration.serviceRoute')}
        error={errorWithin(form.errors, 'registration.serviceRoute')}
      />
      <Switch
        label="Take registrations through a proxy that the phone does not know of"
        description="A proxy between adds a Path. Off: such a registration is refused."
        checked={form.values.registration.unaskedPath === 'accept'}
        onChange={({ currentTarget }) =>
          form.setFieldValue('registration.unaskedPath', currentTarget.checked ? 'accept' : 'refuse')
        }
      />
      <Text size="xs" c="dimmed">
        Phones that are registered keep what they were told until they register again.
      </Text>
    </Stack>
  );
}
