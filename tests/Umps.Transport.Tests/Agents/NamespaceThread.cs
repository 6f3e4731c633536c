using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using Umps.Testing;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents;

/// <summary>Runs something on a thread that is in a network namespace: what it opens there stays there.</summary>
internal static class NamespaceThread
{
    public static void Run(NetworkNamespace place, Action action)
    {
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                Assert.Equal(Errno.None, Linux.EnterNetwork($"/run/netns/{place.Name}"));
                action();
            }
            catch (Exception caught)
            {
                error = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        error?.Throw();
    }
}
