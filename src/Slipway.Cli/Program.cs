using System.Runtime.InteropServices;
using Slipway.Cli;
using Slipway.Cli.Terminal;

using var interrupted = new CancellationTokenSource();
// The first Ctrl-C asks what runs to end well; the second one ends the program the hard way.
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await CommandTree.Run(args, Shell.OfThisProcess(), interrupted.Token);
