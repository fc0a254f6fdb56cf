using Fairlead.Agent.Api;
using Grpc.Core;

namespace Fairlead.Agent.Tests.Api;

public sealed class FileErrorsTests
{
    [Fact]
    public async Task ManifestDirectoryGone_TheCallerReadsWhichOne()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            new FileErrors().UnaryServerHandler<string, string>(
                "",
                null!,
                (_, _) => throw new DirectoryNotFoundException("the manifest directory /m is gone")
            )
        );

        Assert.Equal(
            (StatusCode.FailedPrecondition, "the manifest directory /m is gone"),
            (error.StatusCode, error.Status.Detail)
        );
    }
}
