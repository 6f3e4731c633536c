using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Hub;

/// <summary>Opens things in another network namespace: what is opened there stays there, whoever uses it.</summary>
internal static class InNamespace
{
    /// <summary>Runs something on a thread of its own that has entered it.</summary>
    public static T Run<T>(string name, Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                Assert.Equal(Errno.None, Linux.EnterNetwork($"/run/netns/{name}"));
                result = action();
            }
            catch (Exception caught)
            {
                error = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        error?.Throw();
        return result!;
    }
}
