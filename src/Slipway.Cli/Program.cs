using System.Runtime.InteropServices;
using Slipway.Cli;
using Slipway.Cli.Terminal;

var shell = Shell.OfThisProcess();
using var interruption = shell.Interruption;
void Interrupt(PosixSignalContext signal) => signal.Cancel = interruption.Take();

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await CommandTree.Run(args, shell, interruption.Token);
