using System;
using System.Collections.Generic;
using System.Text;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>umpsrun: from a command line to a plan, from the plan to the job, from its end to an exit code.</summary>
internal static class Program
{
    private const int StandardOutput = 1, StandardError = 2;

    private static int Main(string[] arguments)
    {
        AppDomain.CurrentDomain.UnhandledException += static (_, e) =>
        {
            // On another thread than this: the runtime would print a stack and leave a core.
            SayUnexpected((Exception)e.ExceptionObject);
            Environment.Exit(ExitCode.Internal);
        };
        return arguments is [SshStarter.AgentVerb] ? RemoteAgent.Run() : Run(arguments, Job.Run);
    }

    /// <summary>Runs a job from a command line; every error is one message on stderr.</summary>
    /// <param name="arguments">umpsrun's arguments.</param>
    /// <param name="runJob">Carries a plan out; returns umpsrun's exit code.</param>
    internal static int Run(IReadOnlyList<string> arguments, Func<JobPlan, IOutput, int> runJob)
    {
        try
        {
            if (arguments is [CommandLine.DoctorName])
                return Doctor.Run(text => Write(StandardOutput, text));
            if (new CommandLine().Parse(arguments, out string show) is not { } options)
            {
                Write(StandardOutput, show);
                return ExitCode.Ok;
            }

            var programs = new ProgramResolver(new ProjectBuild(DotnetHost.Find, SayNow), DotnetHost.Find);
            JobPlan plan = new Planner(LocalHost.Current, programs, Environment.GetEnvironmentVariable, SayNow).Plan(options);
            using var output = new OutputMux(plan.TagOutput);
            int code = runJob(plan, output);
            output.Dispose();
            return output.Failure switch
            {
                Errno.None => code,
                Errno.EPIPE => ExitCode.OutputClosed,
                _ => ExitCode.OutputFailed,
            };
        }
        catch (LauncherException e)
        {
            SayNow(e.Message);
            return e.ExitCode;
        }
#pragma warning disable CA1031 // A fault of ours must not end in a stack on the user's terminal.
        catch (Exception e)
#pragma warning restore CA1031
        {
            SayUnexpected(e);
            return ExitCode.Internal;
        }
    }

    private static void SayUnexpected(Exception e)
    {
        string stack = Environment.GetEnvironmentVariable("UMPS_DEBUG") == "1" ? $"\n{e}" : " UMPS_DEBUG=1 umpsrun … shows where.";
        SayNow($"UMPS{ErrorId.Unexpected} umpsrun: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} This is a fault of umpsrun; please report it.{stack}");
    }

    private static void SayNow(string message) => Write(StandardError, message);

    /// <summary>Not Console: what it sets up takes as long as reading the command line.</summary>
    private static void Write(int stream, string text) => _ = Linux.WriteAll(stream, Encoding.UTF8.GetBytes(text + "\n"));
}
