# A phone of Net::SIP: it is told what to do by lines at its standard input, and prints what happens.
# Arguments: host:port of the server, domain, user, password, tone (Hz), recording (WAV), udp or tcp.
use strict;
use warnings;
use Net::SIP;
use Net::SIP::Dispatcher::Eventloop;

my ($server, $domain, $user, $password, $hertz, $recording, $transport) = @ARGV;
use constant RATE => 8000;
use constant SAMPLES => 160;
$| = 1;

sub event { print join(' ', @_), "\n" }

# ITU-T G.711, u-law.
sub encode {
  my $sample = shift;
  my $sign = $sample < 0 ? 0x80 : 0;
  my $size = abs($sample) + 0x84;
  my $exponent = 7;
  for (my $mask = 0x4000; $exponent > 0 && !($size & $mask); $mask >>= 1) { $exponent-- }
  return ~($sign | ($exponent << 4) | (($size >> ($exponent + 3)) & 0x0f)) & 0xff;
}

sub decode {
  my $octet = ~shift() & 0xff;
  my $size = ((($octet & 0x0f) << 3) + 0x84) << (($octet & 0x70) >> 4);
  return $octet & 0x80 ? 0x84 - $size : $size - 0x84;
}

# One second of the tone, and what each octet stands for.
my @tone = map { encode(int(9830 * sin(2 * 3.14159265358979 * $hertz * $_ / RATE))) } 0 .. RATE - 1;
my @linear = map { pack('s<', decode($_)) } 0 .. 255;

my $at = 0;
sub speak {
  my $payload = pack('C*', @tone[$at .. $at + SAMPLES - 1]);
  $at = ($at + SAMPLES) % RATE;
  return $payload;
}

open(my $file, '>:raw', $recording) or die "$recording: $!";
syswrite($file, pack('A4VA4A4VvvVVvvA4V', 'RIFF', 0, 'WAVE', 'fmt ', 16, 1, 1, RATE, RATE * 2, 2, 16, 'data', 0));
sub record {
  my ($payload, $sequence, $timestamp, $channel, $type) = @_;
  syswrite($file, join('', @linear[unpack('C*', $payload)])) if $type == 0;
}

my $agent = Net::SIP::Simple->new(
  from => "sip:$user\@$domain",
  domain => $domain,
  auth => [$user, $password],
  outgoing_proxy => "sip:$server" . ($transport eq 'tcp' ? ';transport=tcp' : ''),
);
my ($leg) = $agent->{dispatcher}->get_legs;
my $contact = "sip:$user\@" . $leg->laddr(2) . ($transport eq 'tcp' ? ';transport=tcp' : '');

my $call;
my %manner = (
  init_media => $agent->rtp('send_recv', \&speak, 1, \&record),
  # Its ear for tones would take speech for keys.
  dtmf_methods => 'rfc2833',
  cb_dtmf => sub { event('KEY', $_[0]) },
  recv_bye => sub { event('CLOSED') },
);
my $answer = 'answer';
$agent->listen(
  %manner,
  cb_create => sub { event('INCOMING'); 1 },
  cb_invite => sub {
    my ($called, $request) = @_;
    return $answer eq 'answer' ? undef : $request->create_response($answer, 'Refused');
  },
  cb_established => sub { $call = $_[1]; event('ESTABLISHED') },
);

my %commands = (
  register => sub {
    my $expires = shift;
    $agent->register(
      registrar => "sip:$domain",
      leg => $leg,
      contact => $contact,
      expires => $expires,
      cb_final => sub {
        my ($outcome, %more) = @_;
        event($outcome eq 'OK' ? 'REGISTERED' : 'UNREGISTERED', $more{expires} // $more{code} // 0);
      },
    );
  },
  # `late`: the description comes with the ACK.
  dial => sub {
    my ($number, $late) = @_;
    $call = $agent->invite(
      "sip:$number\@$domain",
      %manner,
      sdp_on_ack => defined $late,
      cb_preliminary => sub { event('PROGRESS', $_[1]) },
      cb_final => sub {
        my ($outcome, $self, %more) = @_;
        event($outcome eq 'OK' ? 'ESTABLISHED' : ('REFUSED', $more{code} // 0));
      },
    );
  },
  # The address 0.0.0.0, as RFC 2543 had it.
  hold => sub { $call->reinvite(call_on_hold => 1, cb_final => sub { event('HELD', $_[0]) }) },
  # Else it would go on with 0.0.0.0; so it comes back at another port.
  resume => sub { $call->reinvite(clear_sdp => 1, cb_final => sub { event('RESUMED', $_[0]) }) },
  press => sub { $call->dtmf($_[0], methods => 'rfc2833', cb_final => sub { event('PRESSED') }) },
  cancel => sub { $call->cancel(cb_final => sub { event('CANCELLED') }) },
  hangup => sub { $call->bye(cb_final => sub { event('CLOSED') }) },
  answer => sub { $answer = shift },
);

my $pending = '';
$agent->{loop}->addFD(
  \*STDIN, EV_READ,
  [ sub {
    sysread(STDIN, $pending, 4096, length $pending) or exit 0;
    while ($pending =~ s/^(.*)\n//) {
      my ($command, @words) = split / /, $1;
      eval { $commands{$command}->(@words); 1 } or event('ERROR', $@);
    }
  } ],
);
event('READY');
$agent->loop;
