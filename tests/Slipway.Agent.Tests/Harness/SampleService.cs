using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Slipway.Agent.Tests.Harness;

/// <summary>A small HTTP service that can be told to behave badly.</summary>
internal static class SampleService
{
    public const string Role = "sample-service";

    /// <summary>Its command line. Options: <c>port=N</c> listens there instead of on $PORT; <c>ignore-term</c>; <c>sick-if=FILE</c> answers 503 while the file exists;
    /// <c>daemon</c> leaves a child in a session of its own; <c>say=TEXT</c> writes a line.</summary>
    public static IReadOnlyList<string> Command(params string[] options) => [TestProgram.Executable, Role, .. options];

    public static int Run(string[] options)
    {
        string? Value(string name) => options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        using var term = options.Contains("ignore-term") ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true) : null;
        if (Value("say") is { } text)
        {
            Console.WriteLine(text);
        }
        if (options.Contains("daemon"))
        {
            Process.Start("setsid", ["sh", "-c", "sleep 600 & sleep 600"])!.Dispose();
        }
        var port = int.Parse(Value("port") ?? Environment.GetEnvironmentVariable("PORT")!);
        using var listener = new TcpListener(IPAddress.Parse(Environment.GetEnvironmentVariable("HOST")!), port);
        listener.Start();
        var sickIf = Value("sick-if");
        while (true)
        {
            using var client = listener.AcceptTcpClient();
            Answer(client, sickIf);
        }
    }

    private static void Answer(TcpClient client, string? sickIf)
    {
        try
        {
            client.ReceiveTimeout = 1000;
            var stream = client.GetStream();
            var buffer = new byte[4096];
            if (stream.Read(buffer) == 0)
            {
                return;
            }
            var sick = sickIf is not null && File.Exists(sickIf);
            var body = $"{Environment.GetEnvironmentVariable("SLIPWAY_SERVICE")} {Environment.GetEnvironmentVariable("SLIPWAY_VERSION")} {Environment.GetEnvironmentVariable("SLIPWAY_INSTANCE")}";
            stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {(sick ? "503 Sick" : "200 OK")}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        }
        catch (IOException gone)
        {
            Console.WriteLine("a client went away: " + gone.Message);
        }
    }
}
