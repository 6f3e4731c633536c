using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>errno of the thread's last import that keeps it (SetLastError).</summary>
internal static partial class Linux
{
    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();
}
